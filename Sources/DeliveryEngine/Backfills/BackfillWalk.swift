import Events
package import Journal
package import Routing

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

    /// How its pipeline works: as the provider's, which watches over the rate limit for both.
    package func settings(at provider: PipelineSettings) -> PipelineSettings {
        var settings = provider
        settings.provider = Lane.account(of: number, at: self.provider)
        settings.rateLimit = nil
        return settings
    }
}
