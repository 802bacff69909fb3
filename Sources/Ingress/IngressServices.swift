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

/// What requests may ask of the journal.
package typealias IngressJournal = EventAppending & EventArchive & JournalAdministration & LaneKeeping & RecordedTraffic
    & ShadowCounting

/// The parts of the gateway that answer requests; shared by its listeners.
package struct IngressServices: Sendable {
    let acceptor: Acceptor
    let journal: any IngressJournal
    let routes: CurrentRoutes
    let clock: any WallClock
    let delivery: DeliveryView
    let questions: VendorQuestions
    let passedCalls: PassedCalls
    let dialects: [any Dialect]
    let operations: IngressOperations
    let limits: (any TokenAllotting)?
    let webhooks: WebhookServices?

    /// - Parameters:
    ///   - delivery: what the pipelines tell and are told.
    ///   - questions: asks the vendors themselves.
    ///   - passedCalls: passes clients' own calls to the vendors.
    ///   - dialects: the facades.
    ///   - limits: clients' limits that several gateways keep together; nil if this one is alone.
    ///   - webhooks: for what vendors send by themselves; nil if nothing is taken of it.
    package init(
        acceptor: Acceptor,
        journal: any IngressJournal,
        routes: CurrentRoutes,
        clock: any WallClock,
        delivery: DeliveryView,
        questions: VendorQuestions,
        passedCalls: PassedCalls,
        dialects: [any Dialect],
        operations: IngressOperations,
        limits: (any TokenAllotting)? = nil,
        webhooks: WebhookServices? = nil
    ) {
        self.webhooks = webhooks
        self.limits = limits
        self.acceptor = acceptor
        self.journal = journal
        self.routes = routes
        self.clock = clock
        self.delivery = delivery
        self.questions = questions
        self.passedCalls = passedCalls
        self.dialects = dialects
        self.operations = operations
    }
}

/// What it takes to read vendors' webhooks.
package struct WebhookServices: Sendable {
    let keys: any CredentialResolving
    let notes: any UnbilledNoting

    /// - Parameters:
    ///   - keys: with which vendors sign, by provider.
    ///   - notes: takes what they say.
    package init(keys: any CredentialResolving, notes: any UnbilledNoting) {
        (self.keys, self.notes) = (keys, notes)
    }
}

/// What operators ask for, and where it is recorded.
package struct IngressOperations: Sendable {
    let readiness: any ReadinessReporting
    let reloading: any RoutesReloading
    let planning: any RoutesPlanning
    let backfills: any BackfillManaging
    let migrations: any MigrationManaging
    let reporting: any MetricsReporting
    let audit: AuditLog
    let parity: any ParityRunning
    /// Nil if no provider is watched.
    let watches: (any WatchReading)?
    /// Nil if keys cannot be changed here.
    let keys: (any KeyManaging)?
    let statistics: any StatisticsReading
    /// What the menu of the dashboard shows.
    let problems: ProblemCounts
    let configuration: any ConfigurationReading
    let latestComparisons = LatestComparisons()
    let comparedDays = ComparedDays()
    let refusals = ClientRefusals()
    let corrections = CorrectionTurns()
    /// Nil if no simulated vendors run in this process.
    let simulators: (any SimulatorControlling)?
    /// Nil if no other gateway shares the journal.
    let owners: (any AccountOwning)?
    /// Nil if no other gateway shares the journal.
    let sessions: (any SessionKeeping)?

    /// - Parameters:
    ///   - audit: one for all listeners; it runs beside them.
    ///   - parity: makes comparisons beside them.
    ///   - watches: tells what watching providers has found.
    ///   - statistics: kept beside them.
    ///   - problems: counted beside them.
    ///   - keys: lets operators change keys at the dashboard.
    ///   - simulators: of vendors, which the dashboard shows.
    ///   - owners: knows what other gateways deliver to.
    ///   - sessions: where other gateways see the dashboard's sessions.
    package init(
        readiness: any ReadinessReporting,
        reloading: any RoutesReloading,
        planning: any RoutesPlanning,
        backfills: any BackfillManaging,
        migrations: any MigrationManaging,
        reporting: any MetricsReporting,
        audit: AuditLog,
        parity: any ParityRunning,
        watches: (any WatchReading)? = nil,
        statistics: any StatisticsReading,
        configuration: any ConfigurationReading,
        problems: ProblemCounts = ProblemCounts(),
        keys: (any KeyManaging)? = nil,
        simulators: (any SimulatorControlling)? = nil,
        owners: (any AccountOwning)? = nil,
        sessions: (any SessionKeeping)? = nil
    ) {
        self.owners = owners
        self.sessions = sessions
        self.simulators = simulators
        self.statistics = statistics
        self.problems = problems
        self.configuration = configuration
        self.readiness = readiness
        self.reloading = reloading
        self.planning = planning
        self.backfills = backfills
        self.migrations = migrations
        self.reporting = reporting
        self.audit = audit
        self.keys = keys
        self.parity = parity
        self.watches = watches
    }
}

/// Where a listener tells of its requests.
package struct IngressTelemetry: Sendable {
    let requests: any RequestLogging
    let logger: Logger
    let metrics: any MetricsFactory
    let tracer: Tracer?

    /// - Parameters:
    ///   - requests: takes the access log.
    ///   - logger: for requests that failed for a reason of ours.
    ///   - tracer: takes the spans of requests that bring events; nil: none are made.
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
