package import Events
package import Journal

/// What is known of a provider: what its pipeline says of itself, what waits for it, and its recent figures.
package struct ProviderFacts: Sendable {
    package let name: ProviderName
    /// Nil if `routes.json` no longer has the provider.
    package let adapter: AdapterName?
    /// Nil if no pipeline runs for it.
    package var pipeline: Pipeline?
    /// Nil if the store could not be read.
    package var backlog: Backlog?
    /// Nil if none are kept.
    package var figures: RecentFigures?
    /// What the gateway that delivers to it has reported; nil if that is this one.
    package var elsewhere: Elsewhere?
    /// Calls that clients pass on to the vendor's own API; nil if there were none.
    package var passed: Passed?
    /// How many of this gateway's requests took less than each duration, and not less than the one before; empty if there were none.
    package var latencies: [(below: Duration, count: Int)] = []
    /// How many of this gateway's requests carried up to so many events, and more than half of that; empty if there were none.
    package var batchSizes: [(most: Int, requests: Int)] = []
    /// Of the vendor's API; nil if none is known.
    package var rateLimit: RateLimit?
    /// The colour of the provider on all pages.
    package let slot: Int

    /// Another gateway of the journal, which delivers to the provider.
    package struct Elsewhere: Sendable {
        /// Nil if its name is not known.
        package let gateway: String?
        package let isReady: Bool
        package let detail: String

        package init(gateway: String?, isReady: Bool, detail: String) {
            self.gateway = gateway
            self.isReady = isReady
            self.detail = detail
        }
    }

    /// Since the start of the gateway.
    package struct Passed: Sendable {
        package let inFlight: Int
        package let requests: Int
        package let errors: Int
        package let refused: Int

        package init(inFlight: Int, requests: Int, errors: Int, refused: Int) {
            self.inFlight = inFlight
            self.requests = requests
            self.errors = errors
            self.refused = refused
        }
    }

    /// What a pipeline says of itself.
    package struct Pipeline: Sendable {
        /// `closed`, `open` or `probing`.
        package var circuit: String
        /// Since when it is not closed; nil while it is.
        package var circuitOpenSince: Timestamp?
        /// Why the provider is parked; nil if it is not.
        package var parked: DeliveryFault?
        /// Since when it is parked; nil while it is not.
        package var parkedSince: Timestamp?
        /// When the vendor may be called again; nil if it may be called.
        package var pausedUntil: Timestamp?
        /// The end of a wait that the vendor asked for.
        package var heldUntil: Timestamp?
        /// An operator's hold.
        package var hold: OperatorHold?
        package var inFlight: Int
        package var concurrency: Int
        /// Why the last request failed as a whole.
        package var lastFault: DeliveryFault?
        /// Since the start of the gateway.
        package var counts: [(label: String, count: Int)] = []
        /// The mean size of a batch since the start; nil before the first request.
        package var eventsPerRequest: Double?

        package init(circuit: String, inFlight: Int = 0, concurrency: Int = 0) {
            self.circuit = circuit
            self.inFlight = inFlight
            self.concurrency = concurrency
        }
    }

    package init(
        name: ProviderName,
        adapter: AdapterName?,
        pipeline: Pipeline?,
        backlog: Backlog?,
        figures: RecentFigures? = nil,
        slot: Int
    ) {
        self.name = name
        self.adapter = adapter
        self.pipeline = pipeline
        self.backlog = backlog
        self.figures = figures
        self.slot = slot
    }
}

/// The state of a provider in one word.
package enum ProviderState: Sendable, Equatable {
    case closed, probing, open, parked, held, waiting, unconfigured, unknown
    /// Another gateway delivers to it.
    case elsewhere(isReady: Bool)

    init(_ facts: ProviderFacts) {
        guard facts.adapter != nil else {
            self = .unconfigured
            return
        }
        if let elsewhere = facts.elsewhere, facts.pipeline?.hold == nil {
            self = .elsewhere(isReady: elsewhere.isReady)
            return
        }
        guard let pipeline = facts.pipeline else {
            self = .unknown
            return
        }
        if pipeline.hold != nil {
            self = .held
        } else if pipeline.parked != nil {
            self = .parked
        } else if pipeline.circuit == "open" {
            self = .open
        } else if pipeline.circuit == "probing" {
            self = .probing
        } else {
            self = pipeline.heldUntil == nil ? .closed : .waiting
        }
    }

    /// The class of its mark in the stylesheet.
    var mark: String {
        switch self {
        case .closed: "circuit-closed"
        case .probing, .waiting: "circuit-half-open"
        case .open: "circuit-open"
        case .parked, .held: "circuit-parked"
        case .unconfigured, .unknown: "unknown"
        case .elsewhere(let isReady): isReady ? "circuit-closed" : "circuit-open"
        }
    }

    /// What people read.
    var label: String {
        switch self {
        case .closed: "delivering"
        case .probing: "probing"
        case .open: "failing"
        case .parked: "credential refused"
        case .held: "held by an operator"
        case .waiting: "waiting for the vendor"
        case .unconfigured: "not in routes.json"
        case .unknown: "no pipeline"
        case .elsewhere(let isReady): isReady ? "delivered by another gateway" : "failing at another gateway"
        }
    }
}
