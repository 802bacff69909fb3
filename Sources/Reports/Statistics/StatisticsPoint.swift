/// What happened in one step of time: at one provider, or in the gateway as a whole.
package struct StatisticsPoint: Sendable, Equatable {
    /// New events that are on disk: those with a delivery to the provider, or all.
    package var accepted = 0
    package var delivered = 0
    /// Attempts after which the delivery is due again.
    package var retried = 0
    /// New dead letters.
    package var rejected = 0
    /// New deliveries with unknown outcome.
    package var uncertain = 0
    /// Requests that left for the provider.
    package var requests = RequestCounts()
    /// Deliveries that waited at the end of the step; nil if that could not be read.
    package var backlog: Int?
    /// The age of the oldest of them at the end of the step; zero if none waited, nil if that could not be read.
    package var oldestAge: Duration?
    /// The latency that half of the provider's requests kept within, or, for the whole, half of the clients' requests to accept events.
    /// Nil if there was none. Known to a fifth of its value.
    package var p50: Duration?
    /// The latency that 99 of 100 of these requests kept within.
    package var p99: Duration?
    /// How many requests might be in flight at the end of the step; nil for the whole, and if no pipeline ran.
    package var concurrency: Int?
    /// The state that kept calls away most within the step; nil for the whole, and if no pipeline ran.
    package var circuit: CircuitState?

    package init() {}
}
