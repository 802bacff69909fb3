/// How much of its full rate background work may use: half after each 429, a tenth more each minute, until it is back to the full rate.
struct RecoveringFactor: Sendable, Equatable {
    /// Minimum, so that the full rate is reached again within two hours.
    static let least = 1.0 / 1024

    /// The factor after the last 429; 1 if there was none.
    private var left = 1.0
    private var since: ContinuousClock.Instant

    init(at now: ContinuousClock.Instant) {
        since = now
    }

    /// A request met the vendor's rate limit.
    mutating func halve(at now: ContinuousClock.Instant) {
        left = max(Self.least, value(at: now) / 2)
        since = now
    }

    /// From ``least`` to 1.
    func value(at now: ContinuousClock.Instant) -> Double {
        guard left < 1 else { return 1 }
        let minutes = max(0, (now - since) / .seconds(60)).rounded(.down)
        var value = left
        // ``least`` grows to 1 in fewer steps than this.
        for _ in 0..<Int(min(minutes, 80)) { value = min(1, value * 1.1) }
        return value
    }
}
