package import Events

/// The part of a lane that its runner acts on: while the mark is unchanged, there is nothing to change about how the lane runs.
package struct LaneMark: Sendable, Equatable {
    package let number: LaneNumber
    package let state: LaneState
    package let rate: Double
    package let hasEnd: Bool
    /// Whether some of its deliveries wait for a retry.
    package let hasRetries: Bool

    package init(number: LaneNumber, state: LaneState, rate: Double, hasEnd: Bool, hasRetries: Bool) {
        self.number = number
        self.state = state
        self.rate = rate
        self.hasEnd = hasEnd
        self.hasRetries = hasRetries
    }

    /// The mark of a lane.
    package init(of lane: Lane) {
        self.init(
            number: lane.number,
            state: lane.state,
            rate: lane.rate,
            hasEnd: lane.progress.hasEnd,
            hasRetries: lane.counts.statuses[.retrying, default: 0] > 0
        )
    }
}
