/// Where one event is on its way to one destination.
package enum DeliveryStatus: String, Sendable, CaseIterable {
    /// Not tried yet.
    case pending
    /// Tried, not applied or repeatable, and due again at a known time.
    case retrying
    /// The vendor has it.
    case delivered
    /// It will never pass: a dead letter, kept until a person acts.
    case rejected
    /// It may have been applied, and a repeat could bill twice: a person or a policy decides.
    case uncertain
    /// Translated and validated only, because the destination's mode is `shadow`.
    case skipped
    /// A person gave it up.
    case discarded
}

/// One event on its way to one destination, the same for every vendor.
package struct Delivery: Sendable, Equatable {
    package let provider: ProviderName
    package let adapter: AdapterName
    package let mode: DeliveryMode
    /// The lane whose delivery it is; nil if the event's plan asks for it.
    package let lane: LaneNumber?
    package let status: DeliveryStatus
    /// How many requests carried the event.
    package let attempts: Int
    /// Whether the vendor said that it had the event already.
    package let deduplicated: Bool
    /// Status of the last answer; nil if there was none.
    package let httpStatus: Int?
    /// How long the last attempt took.
    package let latency: Duration?
    /// When it goes again, if it does.
    package let nextAttemptAt: Timestamp?
    package let fault: DeliveryFault?
    /// Every attempt, oldest first.
    package let history: [Attempt]
    /// The settings that took the place of those the event was accepted with, oldest first; mostly none.
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

/// One request that carried an event, and what came of it.
package struct Attempt: Sendable, Equatable {
    /// When the request left.
    package let at: Timestamp
    package let latency: Duration
    /// Status of the answer; nil if none came.
    package let httpStatus: Int?
    /// What it made of the delivery.
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

    /// Whether it was no request that carried the event, but a look at the vendor.
    package var isLookup: Bool { fault?.code.isOfLookup ?? false }
}
