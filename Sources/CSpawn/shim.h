#include <spawn.h>

#ifdef __linux__
/* In the GNU C library since 2.34. Its header shows this to programs with _GNU_SOURCE only, which a module of Swift cannot be. */
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
#endif
