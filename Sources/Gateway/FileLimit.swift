#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How many files and sockets this process may have open.
enum FileLimit {
    /// Reserved for the store, the vendors' connections and files that are read again.
    private static let reserve = 512

    /// Raises the limit as far as the process may, and says how many of them clients may have: at the limit the gateway could neither
    /// reach a vendor nor open a file, and each attempt to open another connection would fail.
    static func connections() -> Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return reserve }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = min(limit.rlim_max, 1 << 20)
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        let files = Int(min(limit.rlim_cur, 1 << 20))
        return max(files - reserve, files / 2)
    }

    #if canImport(Darwin)
        private static let resource = RLIMIT_NOFILE
    #else
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif
}
