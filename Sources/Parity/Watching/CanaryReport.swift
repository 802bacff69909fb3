package import Events

/// What canaries have shown of a provider.
package struct CanaryReport: Sendable, Equatable {
    /// Why there is an alarm, and since when.
    package struct Alarm: Sendable, Equatable {
        package let since: Timestamp
        /// One sentence for people, without a stop at its end.
        package let reason: String

        package init(since: Timestamp, reason: String) {
            self.since = since
            self.reason = reason
        }
    }

    package let every: Duration
    /// When the one was accepted that is on its way; nil if none is.
    package let sentAt: Timestamp?
    /// When the vendor showed one the last time.
    package let visibleAt: Timestamp?
    /// From the vendor's success until it showed the event, of the latest canaries, shortest first.
    package let lags: [Duration]
    /// Since the first.
    package let visible: Int
    package let lost: Int
    package let rejected: Int
    package let alarm: Alarm?

    package init(
        every: Duration,
        sentAt: Timestamp? = nil,
        visibleAt: Timestamp? = nil,
        lags: [Duration] = [],
        visible: Int = 0,
        lost: Int = 0,
        rejected: Int = 0,
        alarm: Alarm? = nil
    ) {
        self.every = every
        self.sentAt = sentAt
        self.visibleAt = visibleAt
        self.lags = lags
        self.visible = visible
        self.lost = lost
        self.rejected = rejected
        self.alarm = alarm
    }

    /// The lag that so many of a thousand canaries did not exceed; nil if there are none yet.
    package func lag(perMille: Int) -> Duration? { Self.lag(perMille: perMille, of: lags) }

    /// The same of lags in ascending order: the nearest rank.
    package static func lag(perMille: Int, of lags: [Duration]) -> Duration? {
        precondition((1...1000).contains(perMille), "a part of a thousand is 1 to 1000 of it")
        guard !lags.isEmpty else { return nil }
        return lags[(lags.count * perMille + 999) / 1000 - 1]
    }
}
