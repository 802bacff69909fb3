/// Notices that a counter rises, and adds up by how much until it has been still for a while.
struct CountRise: Sendable {
    /// By how much it rose since the incident began; 0 if there is none.
    private(set) var total = 0
    private var latest = 0
    private var roseAt: ContinuousClock.Instant?

    /// - Parameter count: one that is smaller than before has begun again.
    mutating func observe(_ count: Int, quiet: Duration, at now: ContinuousClock.Instant) {
        let rise = max(0, count >= latest ? count - latest : count)
        latest = max(0, count)
        if rise > 0 {
            let (sum, overflows) = total.addingReportingOverflow(rise)
            total = overflows ? .max : sum
            roseAt = now
        } else if let roseAt, now - roseAt >= quiet {
            self.roseAt = nil
            total = 0
        }
    }
}
