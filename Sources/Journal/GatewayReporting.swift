package import Events

/// What the gateways that share a journal report about themselves.
package protocol GatewayReporting: Sendable {
    /// Reports the state of the accounts that this gateway delivers to, for ``accountReports()`` of all gateways. It is written within a
    /// few seconds, and only for accounts whose lease this gateway has then.
    func note(_ states: [ProviderName: AccountState])

    /// The owners' last reports, by account. Accounts without an owner keep their last report.
    func accountReports() async throws(StoreError) -> [AccountReport]

    /// Reports the digest of the routes that this gateway uses from now on, or ``GatewayNode/changingRoutes``; others see it with the
    /// next heartbeat.
    func note(routesDigest digest: [UInt8])

    /// All registered gateways, by name, and those with the same name by their start.
    func gateways() async throws(StoreError) -> [GatewayNode]

    /// The difference between this gateway's clock and the journal's, as far as it is known.
    var clockDifference: ClockDifference { get }
}

/// Whether the owner of an account can deliver to it.
package struct AccountState: Sendable, Equatable {
    package let isReady: Bool
    /// For people.
    package let detail: String

    package init(isReady: Bool, detail: String) {
        self.isReady = isReady
        self.detail = detail
    }
}

/// The last report of an account's owner.
package struct AccountReport: Sendable, Equatable {
    package let provider: ProviderName
    /// The number of the gateway that holds the lease now; nil if none does.
    package let gateway: Int64?
    /// The name of that gateway.
    package let gatewayName: String?
    /// How old the report is.
    package let age: Duration
    /// How many deliveries are waiting.
    package let waiting: Int
    /// Approximately when the oldest of them was accepted.
    package let oldest: Timestamp?
    package let state: AccountState

    package init(
        provider: ProviderName,
        gateway: Int64?,
        gatewayName: String?,
        age: Duration,
        waiting: Int,
        oldest: Timestamp?,
        state: AccountState
    ) {
        self.provider = provider
        self.gateway = gateway
        self.gatewayName = gatewayName
        self.age = age
        self.waiting = waiting
        self.oldest = oldest
        self.state = state
    }
}

/// What a gateway has to do.
package struct GatewayLoad: Sendable, Equatable {
    /// How many accounts and how many slots it holds.
    package let accounts: Int
    package let slots: Int
    /// How many deliveries wait at its accounts, by its own reports.
    package let waiting: Int
    /// About when the oldest of them was accepted.
    package let oldest: Timestamp?

    package init(accounts: Int = 0, slots: Int = 0, waiting: Int = 0, oldest: Timestamp? = nil) {
        self.accounts = accounts
        self.slots = slots
        self.waiting = waiting
        self.oldest = oldest
    }
}

/// A gateway that is in the journal's list.
package struct GatewayNode: Sendable, Equatable {
    /// A new number at each start.
    package let number: Int64
    package let name: String
    package let version: String
    /// The digest of its `routes.json`, or ``changingRoutes``.
    package let routes: [UInt8]
    package let started: Timestamp
    package let isDraining: Bool
    /// Whether it is this gateway.
    package let isThisOne: Bool
    package let load: GatewayLoad

    /// Used in place of a digest while some of its events still have a plan of routes that were replaced.
    package static let changingRoutes: [UInt8] = []

    package init(
        number: Int64,
        name: String,
        version: String,
        routes: [UInt8],
        started: Timestamp,
        isDraining: Bool = false,
        isThisOne: Bool = false,
        load: GatewayLoad = GatewayLoad()
    ) {
        self.number = number
        self.name = name
        self.version = version
        self.routes = routes
        self.started = started
        self.isDraining = isDraining
        self.isThisOne = isThisOne
        self.load = load
    }
}
