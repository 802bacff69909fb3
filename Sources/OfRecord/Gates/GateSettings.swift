/// What the gates of a migration allow.
package struct GateSettings: Sendable, Equatable {
    /// How old a measurement may be.
    package var window: Duration
    /// Fewer events than this prove nothing.
    package var leastEvents: UInt64
    /// Differences between the vendors without a known cause.
    package var unexplained: UInt64
    /// Events that were read back from the new vendor and are not there.
    package var lost: UInt64
    /// The largest difference of a billed amount.
    package var usage: Percentage
    /// Deliveries that the new vendor refused.
    package var rejected: Percentage
    /// Deliveries to the new vendor with unknown outcome.
    package var uncertain: UInt64
    /// How long the oldest delivery may wait.
    package var backlogAge: Duration

    package init(
        window: Duration,
        leastEvents: UInt64,
        unexplained: UInt64,
        lost: UInt64 = 0,
        usage: Percentage,
        rejected: Percentage,
        uncertain: UInt64,
        backlogAge: Duration
    ) {
        self.window = window
        self.leastEvents = leastEvents
        self.unexplained = unexplained
        self.lost = lost
        self.usage = usage
        self.rejected = rejected
        self.uncertain = uncertain
        self.backlogAge = backlogAge
    }
}
