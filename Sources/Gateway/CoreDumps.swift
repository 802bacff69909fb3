#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whether a crash leaves the memory of the process on disk, with keys and events in it.
enum CoreDumps {
    /// Disables them, for this process and those that it starts.
    static func forbid() {
        // A limit of 1 byte: too small for a file, and the one value at which Linux does not hand the memory to a program either
        // (fs/coredump.c; of 0 such a program is only told).
        var limit = rlimit(rlim_cur: 1, rlim_max: 1)
        if setrlimit(resource, &limit) == 0 { return }
        // The limit is lower already, and this process is not allowed to raise it.
        limit = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(resource, &limit)
    }

    #if canImport(Darwin)
        private static let resource = RLIMIT_CORE
    #else
        private static let resource = __rlimit_resource_t(RLIMIT_CORE.rawValue)
    #endif
}
