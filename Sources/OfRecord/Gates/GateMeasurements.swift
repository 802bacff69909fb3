package import Events

/// What was measured for the gates; nil where nothing was.
package struct GateMeasurements: Sendable, Equatable {
    /// A measured value.
    package struct Measured<Value: Sendable & Equatable>: Sendable, Equatable {
        package let value: Value
        /// When it was measured.
        package let at: Timestamp
        /// How many events it rests on.
        package let events: UInt64

        package init(_ value: Value, at: Timestamp, events: UInt64) {
            self.value = value
            self.at = at
            self.events = events
        }
    }

    package var unexplained: Measured<UInt64>?
    /// Of the events that were read back from the new vendor, those that it has lost.
    package var lost: Measured<UInt64>?
    /// Of the amount that differs most, its difference.
    package var usage: Measured<Fraction>?
    package var rejected: Measured<Fraction>?
    package var uncertain: Measured<UInt64>?
    /// The age of the oldest delivery that waits; zero if none does.
    package var backlogAge: Measured<Duration>?

    package init() {}
}
