/// The state of one event's delivery to one destination.
package enum DeliveryStatus: String, Sendable, CaseIterable {
    /// Not tried yet.
    case pending
    /// Tried, and either not applied or safe to repeat; due again at a known time.
    case retrying
    /// The vendor has it.
    case delivered
    /// It can never succeed: a dead letter, kept until a person acts.
    case rejected
    /// It may have been applied, and a repeat could bill twice: a person or a policy decides.
    case uncertain
    /// Translated and validated only, because the destination's mode is `shadow`.
    case skipped
    /// A person discarded it.
    case discarded
}

/// The delivery of one event to one destination, in the same terms for every vendor.
package struct Delivery: Sendable, Equatable {
    package let provider: ProviderName
    package let adapter: AdapterName
    package let mode: DeliveryMode
    /// The backfill's lane that it belongs to; nil if the event's plan asks for it.
    package let lane: LaneNumber?
    package let status: DeliveryStatus
    /// How many requests carried the event.
    package let attempts: Int
    /// Whether the vendor said that it had the event already.
    package let deduplicated: Bool
    /// Status of the last response; nil if there was none.
    package let httpStatus: Int?
    /// How long the last attempt took.
    package let latency: Duration?
    /// When it is tried again; nil if it is not.
    package let nextAttemptAt: Timestamp?
    /// The last error; nil if there was none.
    package let fault: DeliveryFault?
    /// Every attempt, oldest first.
    package let history: [Attempt]
    /// The settings that replaced those that the event was accepted with, oldest first; usually empty.
    package let amendments: [DeliveryAmendment]

    package init(
        provider: ProviderName,
        adapter: AdapterName,
        mode: DeliveryMode,
        lane: LaneNumber? = nil,
        status: DeliveryStatus,
        attempts: Int = 0,
        deduplicated: Bool = false,
        httpStatus: Int? = nil,
        latency: Duration? = nil,
        nextAttemptAt: Timestamp? = nil,
        fault: DeliveryFault? = nil,
        history: [Attempt] = [],
        amendments: [DeliveryAmendment] = []
    ) {
        self.provider = provider
        self.adapter = adapter
        self.mode = mode
        self.lane = lane
        self.status = status
        self.attempts = attempts
        self.deduplicated = deduplicated
        self.httpStatus = httpStatus
        self.latency = latency
        self.nextAttemptAt = nextAttemptAt
        self.fault = fault
        self.history = history
        self.amendments = amendments
    }

    /// The destination with the settings that it is sent with, or was sent with last.
    /// - Parameter plan: of its event.
    /// - Returns: nil if the plan does not have the provider and nothing was amended.
    package func destination(in plan: Plan) -> Destination? {
        amendments.last?.destination ?? plan.destination(at: provider)
    }
}

/// One request that carried an event, and its result.
package struct Attempt: Sendable, Equatable {
    /// When the request left.
    package let at: Timestamp
    /// From the request to the response, or until the gateway stopped waiting for one.
    package let latency: Duration
    /// Status of the response; nil if there was none.
    package let httpStatus: Int?
    /// The delivery's state after it.
    package let status: DeliveryStatus
    package let deduplicated: Bool
    package let fault: DeliveryFault?

    package init(
        at: Timestamp,
        latency: Duration,
        httpStatus: Int?,
        status: DeliveryStatus,
        deduplicated: Bool = false,
        fault: DeliveryFault? = nil
    ) {
        self.at = at
        self.latency = latency
        self.httpStatus = httpStatus
        self.status = status
        self.deduplicated = deduplicated
        self.fault = fault
    }

    /// Whether the entry is not a request that carried the event, but a lookup at the vendor.
    package var isLookup: Bool { fault?.code.isOfLookup ?? false }
}
