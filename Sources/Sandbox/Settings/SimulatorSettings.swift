/// How a simulated vendor behaves, apart from faults of its connection.
struct SimulatorSettings: Sendable, Equatable {
    /// Milliseconds from the vendor's confirmation until its reads show an event, drawn for each.
    var visibleAfter = 0...0
    /// Milliseconds after which an event is in what the vendor shows of usage, beside the wait until it is listed.
    var usageAfter = 0
    /// Damage to events after they were confirmed, and the seed of all that is drawn.
    var odds = Planting.Odds()
    /// Milliseconds after which rows of one identity become one; nil: never.
    var mergeAfter: Int?
    /// The limits that are enforced, by class of calls; nil: none.
    var limits: [String: RateLimit]?
    /// Lago, Polar, Flexprice: names that no metric counts.
    var withoutMetric: Set<String> = []
    /// Flexprice: customers that there are none of.
    var withoutCustomer: Set<String> = []
    /// Flexprice: customers without a subscription; Lago: subscriptions that there are none of.
    var withoutSubscription: Set<String> = []
    /// Lago: where events are kept.
    var store = LagoSimulator.Store.postgres
    /// Lago: maximum number of events of a batch.
    var largestBatch = 100
    /// Flexprice: what `X-Environment-ID` must name, as with a key from a server's own configuration; nil: the key has one.
    var environment: String?
}

/// So many calls in so much time, counted from the first.
struct RateLimit: Sendable, Equatable {
    var requests: Int
    var windowMilliseconds: Int
}

/// Which settings a vendor has.
struct SettingsTraits: Sendable {
    /// What stands before anything is set.
    let standard: SimulatorSettings
    /// The names of its own settings, beside those that all have.
    let own: [String]
    /// The limits that the vendor documents, by class of calls.
    let documentedLimits: [String: RateLimit]
}
