package import Events

/// Deliveries of which the journal keeps no row.
extension Delivery {
    /// A delivery that nobody has tried yet.
    package static func pending(_ destination: Destination) -> Delivery {
        Delivery(
            provider: destination.provider,
            adapter: destination.adapter,
            mode: destination.mode,
            status: .pending
        )
    }

    /// A delivery that was settled as one of a run.
    /// - Parameters:
    ///   - attempt: the request that delivered it; nil if it was skipped.
    ///   - lane: the lane that it belongs to.
    package init(settledBy attempt: Attempt?, to destination: Destination, of lane: LaneNumber?) {
        self.init(
            provider: destination.provider,
            adapter: destination.adapter,
            mode: destination.mode,
            lane: lane,
            status: attempt == nil ? .skipped : .delivered,
            attempts: attempt == nil ? 0 : 1,
            deduplicated: attempt?.deduplicated ?? false,
            httpStatus: attempt?.httpStatus,
            latency: attempt?.latency,
            history: attempt.map { [$0] } ?? []
        )
    }
}
