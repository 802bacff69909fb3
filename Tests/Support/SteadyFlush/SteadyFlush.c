/*
 * Makes every fdatasync of one program last as long as that of a usual disk, so that rates do not depend on the disk of the machine that
 * measures them.
 *
 * A benchmark loads this library into a PostgreSQL server (LD_PRELOAD), and says in FLUSH_MICROSECONDS how long a flush takes. A disk that
 * is slower than that is not made faster.
 */
#ifdef __linux__
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long microseconds;

__attribute__((constructor)) static void read_time(void) {
    const char *text = getenv("FLUSH_MICROSECONDS");
    long value = text ? strtol(text, NULL, 10) : 0;
    if (value > 0 && value <= 1000000) microseconds = value;
}

int fdatasync(int file) {
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    long result = syscall(SYS_fdatasync, file);
    int error = errno;
    if (microseconds > 0) {
        /* Sleeps are late by the slack of the thread's timers, 50 us otherwise. */
        prctl(PR_SET_TIMERSLACK, 1000UL);
        end.tv_nsec += microseconds * 1000;
        end.tv_sec += end.tv_nsec / 1000000000;
        end.tv_nsec %= 1000000000;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR) {}
    }
    errno = error;
    return (int)result;
}
#endif
