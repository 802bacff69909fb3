package import Acceptance
package import CoreMetrics
package import DeliveryEngine
package import Events
package import Journal
package import Logging
package import Parity
package import Reports
package import Routing
package import Telemetry
package import VendorReads

/// The parts of the journal that requests use.
package typealias IngressJournal = EventAppending & EventArchive & JournalAdministration & LaneKeeping & RecordedTraffic
    & RetentionPinning
    & ShadowCounting

/// The parts of the gateway that handle requests; shared by its listeners.
package struct IngressServices: Sendable {
    let acceptor: Acceptor
    let journal: any IngressJournal
    let routes: CurrentRoutes
    let clock: any WallClock
    /// What the pipelines tell, and how they are woken.
    let delivery: DeliveryView
    let vendors: VendorServices
    /// The facades, by which vendors' own clients send events.
    let dialects: [any Dialect]
    let operations: IngressOperations

    /// - Parameters:
    ///   - delivery: what the pipelines tell and are told.
    ///   - vendors: talks with the vendors themselves.
    ///   - dialects: the facades.
    package init(
        acceptor: Acceptor,
        journal: any IngressJournal,
        routes: CurrentRoutes,
        clock: any WallClock,
        delivery: DeliveryView,
        vendors: VendorServices,
        dialects: [any Dialect],
        operations: IngressOperations
    ) {
        self.acceptor = acceptor
        self.journal = journal
        self.routes = routes
        self.clock = clock
        self.delivery = delivery
        self.vendors = vendors
        self.dialects = dialects
        self.operations = operations
    }
}

/// What requests ask of the vendors, and what vendors send by themselves.
package struct VendorServices: Sendable {
    /// Reads, estimates and checks at the vendors.
    let questions: VendorQuestions
    /// Calls of clients that are passed on to a vendor as they are.
    let passedCalls: PassedCalls
    /// Nil if nothing is taken of what vendors send by themselves.
    let webhooks: WebhookServices?

    /// - Parameters:
    ///   - questions: asks the vendors themselves.
    ///   - passedCalls: passes clients' own calls to the vendors.
    ///   - webhooks: for what vendors send by themselves; nil if nothing is taken of it.
    package init(questions: VendorQuestions, passedCalls: PassedCalls, webhooks: WebhookServices? = nil) {
        self.questions = questions
        self.passedCalls = passedCalls
        self.webhooks = webhooks
    }
}

/// What it takes to read vendors' webhooks.
package struct WebhookServices: Sendable {
    let keys: any CredentialResolving
    let notes: any UnbilledNoting

    /// - Parameters:
    ///   - keys: the vendors' signing keys, by provider.
    ///   - notes: stores what they report.
    package init(keys: any CredentialResolving, notes: any UnbilledNoting) {
        (self.keys, self.notes) = (keys, notes)
    }
}

/// What operators read and order, and where it is recorded.
package struct IngressOperations: Sendable {
    let audit: AuditLog
    let orders: OperatorOrders
    let reports: OperatorReports
    let parity: any ParityRunning
    /// Nil if no provider is watched.
    let watches: (any WatchReading)?
    /// Nil if no simulated vendors run in this process.
    let simulators: (any SimulatorControlling)?
    /// Nil if no other gateway shares the journal.
    let others: OtherGateways?
    /// Kept for some seconds, since every visitor of the Overview asks for them.
    let latestComparisons = LatestComparisons()
    /// Findings by day, kept for some seconds.
    let comparedDays = ComparedDays()
    /// How many requests of each client were refused since the start.
    let refusals = ClientRefusals()
    /// The rate limiters of all listeners, for what shows how much of its limits a client uses.
    let limiters = ClientLimiters()
    /// Has one correction of an event at a time.
    let corrections = CorrectionTurns()

    /// - Parameters:
    ///   - audit: one for all listeners; it runs beside them.
    ///   - parity: makes comparisons beside them.
    ///   - watches: tells what watching providers has found.
    ///   - simulators: of vendors, which the dashboard shows.
    package init(
        audit: AuditLog,
        orders: OperatorOrders,
        reports: OperatorReports,
        parity: any ParityRunning,
        watches: (any WatchReading)? = nil,
        simulators: (any SimulatorControlling)? = nil,
        others: OtherGateways? = nil
    ) {
        self.audit = audit
        self.orders = orders
        self.reports = reports
        self.parity = parity
        self.watches = watches
        self.simulators = simulators
        self.others = others
    }
}

/// Takes what operators order.
package struct OperatorOrders: Sendable {
    /// Loads `routes.json` again, and compares another one with it.
    let reloading: any RoutesReloading
    /// Makes plans: what other routes would do to recorded events.
    let planning: any RoutesPlanning
    let backfills: any BackfillManaging
    let migrations: any MigrationManaging
    /// Nil if keys cannot be changed here.
    let keys: (any KeyManaging)?

    /// - Parameter keys: lets operators change keys at the dashboard.
    package init(
        reloading: any RoutesReloading,
        planning: any RoutesPlanning,
        backfills: any BackfillManaging,
        migrations: any MigrationManaging,
        keys: (any KeyManaging)? = nil
    ) {
        self.reloading = reloading
        self.planning = planning
        self.backfills = backfills
        self.migrations = migrations
        self.keys = keys
    }
}

/// Tells operators how the gateway does.
package struct OperatorReports: Sendable {
    let readiness: any ReadinessReporting
    /// For requests without a key.
    let sharedReadiness: SharedReadiness
    let metrics: any MetricsReporting
    /// Figures of the last hours and days.
    let statistics: any StatisticsReading
    /// The active configuration, without secrets.
    let configuration: any ConfigurationReading
    /// What the menu of the dashboard shows.
    let problems: ProblemCounts

    /// - Parameters:
    ///   - statistics: kept beside the listeners.
    ///   - problems: counted beside them.
    package init(
        readiness: any ReadinessReporting,
        metrics: any MetricsReporting,
        statistics: any StatisticsReading,
        configuration: any ConfigurationReading,
        problems: ProblemCounts = ProblemCounts()
    ) {
        self.readiness = readiness
        sharedReadiness = SharedReadiness(readiness)
        self.metrics = metrics
        self.statistics = statistics
        self.configuration = configuration
        self.problems = problems
    }
}

/// What several gateways at one journal keep together.
package struct OtherGateways: Sendable {
    /// Which gateway delivers to which account.
    let owners: any AccountOwning
    /// Sessions of the dashboard, so that each gateway knows those of all.
    let sessions: any SessionKeeping
    /// Shares of clients' limits, which hold for all gateways together.
    let limits: any TokenAllotting

    /// - Parameters:
    ///   - owners: knows what other gateways deliver to.
    ///   - sessions: where other gateways see the dashboard's sessions.
    ///   - limits: clients' limits, which hold for all gateways together.
    package init(owners: any AccountOwning, sessions: any SessionKeeping, limits: any TokenAllotting) {
        self.owners = owners
        self.sessions = sessions
        self.limits = limits
    }
}

/// Where a listener reports its requests.
package struct IngressTelemetry: Sendable {
    let requests: any RequestLogging
    let logger: Logger
    let metrics: any MetricsFactory
    let tracer: Tracer?

    /// - Parameters:
    ///   - requests: writes the access log.
    ///   - logger: for requests that failed because of the gateway.
    ///   - tracer: records spans of requests that bring events; nil if nothing is traced.
    package init(
        requests: any RequestLogging,
        logger: Logger,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        tracer: Tracer? = nil
    ) {
        self.tracer = tracer
        self.requests = requests
        self.logger = logger
        self.metrics = metrics
    }
}
