#ifndef TOLLGATE_CBUILD_H
#define TOLLGATE_CBUILD_H

/// The commit that the program was built from, as 12 hexadecimal digits, followed by "+changes" if files differed from it; "unknown" in
/// a build without `make`.
const char *tollgate_commit(void);

/// The number that a packager gave the build (TOLLGATE_BUILD of `make`); "local" without one.
const char *tollgate_build(void);

#endif
