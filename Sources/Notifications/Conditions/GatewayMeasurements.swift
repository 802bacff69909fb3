package import Events

/// What a gateway knows of itself at one time. What could not be read is nil, and is taken to be as it was.
package struct GatewayMeasurements: Sendable {
    /// The providers that this gateway reports on, and tenants' accounts at them.
    package var providers: [ProviderName: ProviderMeasurements] = [:]
    /// Those that another gateway reports on.
    package var providersElsewhere: Set<ProviderName> = []
    package var disk: DiskSpace?
    /// The clients' keys; nil also if another gateway reports on them.
    package var keys: [MeasuredKey]?
    package var keysAreElsewhere = false
    /// Where the data folder is.
    package var dataFolder = ""

    package init() {}
}

/// What is known of one provider account.
package struct ProviderMeasurements: Sendable {
    /// Why it refuses its credential; nil if it does not.
    package var parked: String?
    /// Whether the circuit is not closed.
    package var circuitIsOpen = false
    /// Why the last request failed; nil if it did not.
    package var lastFault: String?
    /// Deliveries since the start of the pipeline, each event for itself.
    package var delivered = 0
    package var rejected = 0
    package var uncertain = 0
    /// Events that wait; nil if it could not be read.
    package var backlog: Int?
    /// How long the oldest of them has waited; nil if none waits, or it could not be read.
    package var oldestAge: Duration?
    /// How long the vendor knows IDs; nil if for ever, or if it knows none.
    package var memory: Duration?
    /// Events that the latest comparison found to be lost; nil if it could not be read.
    package var lost: Int?
    /// Events of the sample that is read back that are lost; nil if it could not be read.
    package var lostOfSample: Int?
    /// Whether it is known what canaries say.
    package var knowsCanaries = false
    /// Why a canary raises an alarm; nil if none does.
    package var canary: String?

    package init() {}
}

/// Whether the journal has room to grow.
package enum DiskSpace: Sendable, Equatable {
    case enough
    /// The text says how much there is, and for how long.
    case low(String)
}

/// A client's key.
package struct MeasuredKey: Sendable, Equatable {
    package let client: ClientName
    package let id: String
    /// Nil: never.
    package let expires: Timestamp?

    package init(client: ClientName, id: String, expires: Timestamp?) {
        self.client = client
        self.id = id
        self.expires = expires
    }
}
