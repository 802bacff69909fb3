#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The processor time of the current thread, which other work on the machine does not change.
enum ThreadClock {
    /// Seconds.
    static var now: Double {
        var time = timespec()
        let result = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        precondition(result == 0, "every system that we run on has a clock per thread")
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
