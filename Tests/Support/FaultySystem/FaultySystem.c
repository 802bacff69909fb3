/*
 * Gives one program a wall clock that is wrong and name servers that are slow, while it runs.
 *
 * A test loads this library into the program (LD_PRELOAD) and writes the faults into the file that FAULTY_SYSTEM names. The program
 * maps the file, so that a change takes effect at once. Every name below "vendors.test" is this machine.
 */
#ifdef __linux__
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The content of the file: numbers of 64 bits, in the machine's byte order. */
struct faults {
    /* By how many milliseconds the wall clock is ahead; negative: behind. */
    _Atomic int64_t clock_ahead;
    /* How many milliseconds the resolver takes for a name. One that waits notices a change. */
    _Atomic int64_t name_delay;
    /* Whether the resolver then says that the name servers do not answer. */
    _Atomic int64_t name_fails;
};

static const struct faults *faults;

__attribute__((constructor)) static void map_faults(void) {
    const char *path = getenv("FAULTY_SYSTEM");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *address = mmap(NULL, sizeof(struct faults), PROT_READ, MAP_SHARED, file, 0);
    if (address != MAP_FAILED) faults = address;
    close(file);
}

/* By the system call, because allocators read the clock before a library can look another one's functions up. */
int clock_gettime(clockid_t clock, struct timespec *time) {
    if (syscall(SYS_clock_gettime, clock, time) != 0) return -1;
    if (!faults || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return 0;
    int64_t ahead = atomic_load(&faults->clock_ahead);
    int64_t nanoseconds = time->tv_nsec + ahead % 1000 * 1000000;
    time->tv_sec += ahead / 1000 + (nanoseconds >= 1000000000) - (nanoseconds < 0);
    time->tv_nsec = (nanoseconds + 1000000000) % 1000000000;
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

int getaddrinfo(const char *restrict name, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict result) {
    static int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (!next) next = (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))
                      dlsym(RTLD_NEXT, "getaddrinfo");
    const char *domain = name ? strchr(name, '.') : NULL;
    if (!faults || !domain || strcmp(domain, ".vendors.test") != 0) return next(name, service, hints, result);
    for (int64_t waited = 0; waited < atomic_load(&faults->name_delay); waited += 10) usleep(10000);
    if (atomic_load(&faults->name_fails)) return EAI_AGAIN;
    return next("127.0.0.1", service, hints, result);
}
#endif
