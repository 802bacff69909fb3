package import Access
package import DeliveryEngine
package import Events
package import Journal
package import Routing

/// Starts, shows and changes backfills; implemented by `Gateway`.
package protocol BackfillManaging: Sendable {
    /// Starts a backfill: one for each account of the provider that it fills.
    func start(_ order: BackfillOrder, by caller: Caller) async throws(BackfillRefusal) -> BackfillStart

    /// What a backfill would do, as a JSON object; nothing is started.
    func forecast(_ order: BackfillOrder, for client: Client) async throws(BackfillRefusal) -> [UInt8]

    /// All backfills that the client may see, newest first.
    func backfills(for client: Client) async throws(BackfillRefusal) -> [BackfillView]

    /// One that the client may see.
    func backfill(_ number: LaneNumber, for client: Client) async throws(BackfillRefusal) -> BackfillView

    /// Changes one that the client may see.
    func change(_ number: LaneNumber, _ change: LaneChange, by caller: Caller) async throws(BackfillRefusal)
        -> BackfillView
}

/// Backfills that were started.
package struct BackfillStart: Sendable {
    package let backfills: [BackfillView]
    /// What they do to the bill, in one sentence; nil if that is not known.
    package let effect: String?
    /// Customers that they leave out; nil if none.
    package let leftOut: IncompletePeriods?

    package init(backfills: [BackfillView], effect: String?, leftOut: IncompletePeriods? = nil) {
        self.leftOut = leftOut
        self.backfills = backfills
        self.effect = effect
    }
}

/// A backfill's current state.
package struct BackfillView: Sendable {
    package let lane: Lane
    /// What delays it; nil if nothing does.
    package let heldBy: String?
    /// Percentage of the rate limit that it may use now: less than its rate after a 429.
    package let currentRate: Double
    /// Customers of whom it takes nothing, because the journal lacks a part of their billing period.
    package let leftOutCustomers: Int

    package init(lane: Lane, heldBy: String?, currentRate: Double, leftOutCustomers: Int = 0) {
        self.leftOutCustomers = leftOutCustomers
        self.lane = lane
        self.heldBy = heldBy
        self.currentRate = currentRate
    }
}
