// The manifest defines both, for this file alone, from the environment of the build.
#include "CBuild.h"

#ifndef TOLLGATE_COMMIT
#define TOLLGATE_COMMIT "unknown"
#endif

#ifndef TOLLGATE_BUILD
#define TOLLGATE_BUILD "local"
#endif

const char *tollgate_commit(void) { return TOLLGATE_COMMIT; }

const char *tollgate_build(void) { return TOLLGATE_BUILD; }
