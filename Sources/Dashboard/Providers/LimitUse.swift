import Events

/// How much of a vendor's rate limit is used, and for what.
struct LimitUse: Sendable, Equatable {
    /// `53% in the last minute: 42% live, 10% backfills, 1% reads`.
    let text: String

    /// Nil without a limit, and if nothing was measured in the last minute.
    init?(_ facts: ProviderFacts) {
        guard let limit = facts.rateLimit, let used = facts.figures?.requestsNow else { return nil }
        let allowed = Double(limit.requests) / limit.per.seconds
        guard allowed.isFinite, allowed > 0 else { return nil }
        func percent(_ rate: Double) -> String {
            let share = 100 * rate / allowed
            if share > 0, share < 1 { return "under 1%" }
            return share.isFinite ? "\(Int(min(share, 1e6).rounded()))%" : "0%"
        }
        text =
            "\(percent(used.live + used.backfills + used.reads)) in the last minute: \(percent(used.live)) live, "
            + "\(percent(used.backfills)) backfills, \(percent(used.reads)) reads"
    }
}
