import Events
import Parity
import Routing

/// The effort to compare what a vendor would have with what it was sent, if nothing differs.
package struct ComparisonEstimate: Sendable, Equatable {
    /// The calls of a digest: counts, and a sample.
    package let digest: Int
    /// The calls of a comparison of every event.
    package let full: Int
    /// How long the two take at the provider's share for reads of its rate limit; nil if it has none.
    package let digestDuration: Duration?
    package let fullDuration: Duration?
    /// Percent of the rate limit that reads may take.
    package let share: Double
}

extension ComparisonEstimate {
    /// - Returns: nil if there is nothing to compare, or the vendor shows no events.
    init?(of events: Int, at provider: ProviderConfiguration) {
        guard events > 0, let traits = provider.traits.reads,
            provider.adapter.reader?.abilities.contains(.compare) ?? false
        else { return nil }
        digest = CallForecast.comparing(events, level: .digest, traits).least
        full = CallForecast.comparing(events, level: .full, traits).least
        share = provider.reads.share
        let (limit, share) = (provider.pipeline.rateLimit, share)
        func duration(_ calls: Int) -> Duration? {
            limit.map { limit in
                let seconds = Double(calls) * (limit.per / .seconds(1)) / Double(limit.requests)
                return .milliseconds(Int64(min(seconds * 100 / max(1, share), 1e12) * 1000))
            }
        }
        (digestDuration, fullDuration) = (duration(digest), duration(full))
    }
}
