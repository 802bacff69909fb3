import Events
package import Journal

/// The walk of a pipeline that delivers a backfill's events instead of live ones.
package struct BackfillWalk: Sendable {
    let number: LaneNumber
    /// The provider whose pipeline gives it turns.
    let provider: ProviderName
    let percent: Double
    let membership: BackfillMembership
    let lanes: any LaneKeeping

    /// - Parameter lane: says the rate that it begins with.
    package init(of lane: Lane, taking membership: BackfillMembership, in lanes: any LaneKeeping) {
        number = lane.number
        provider = lane.provider
        percent = lane.rate
        self.membership = membership
        self.lanes = lanes
    }
}
