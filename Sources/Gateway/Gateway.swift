import Logging
package import Observability
import ParityRuns
import Reports
package import ServiceLifecycle
import UnixSignals
import Version

/// The gateway: settings in, services out.
package enum Gateway {
    /// Runs the gateway until SIGTERM or SIGINT, then stops in order: no new requests, what is in flight is settled, the store is closed.
    ///
    /// - Parameters:
    ///   - alongside: services that run with it and start before it, such as the sandbox.
    ///   - onReady: called with the port when requests are accepted.
    /// - Throws: ``GatewayFault`` if it cannot start; an `IOError` if the address is in use.
    package static func serve(
        _ settings: GatewaySettings,
        alongside: [any Service] = [],
        logs: LogOutput,
        onReady: @escaping @Sendable (Int) -> Void
    ) async throws {
        let version = ProgramVersion.current
        logs.logger("tollgate").info(
            "starting",
            metadata: [
                "version": "\(version.number)", "commit": "\(version.commit)", "build": "\(version.build)",
                "configuration": "\(version.configuration)",
            ]
        )
        if !settings.allowsCoreDumps { CoreDumps.forbid() }
        let start = try await GatewayStart.read(settings, logs)
        let parts = try await GatewayParts.open(start)
        let services = try await services(of: parts, onReady)
        let (stops, logger) = (ServiceStops(), logs.logger("tollgate.services"))
        var configuration = ServiceGroupConfiguration(
            // One that fails, such as a server whose address is in use, stops the others in order: they need the store until they have
            // ended.
            services: (alongside + services).enumerated().map {
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: NamedService(service: $0.element, number: $0.offset, stops: stops),
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = settings.grace
        // Safe: it ends with this function.
        let watching = Task { await stops.watch(logger) }
        defer { watching.cancel() }
        let result = await Swift.Result { try await ServiceGroup(configuration: configuration).run() }
        try await parts.threads.shutdown()
        try result.get()
    }

    /// In the order in which they start; they stop in the reverse order.
    private static func services(of parts: GatewayParts, _ onReady: @escaping @Sendable (Int) -> Void)
        async throws(GatewayFault) -> [any Service]
    {
        let keys = try await parts.keys()
        let migrations = try await parts.migrations()
        let reloader = parts.reloader()
        let planner = parts.planner(reloading: reloader)
        let comparisons = try parts.comparisons()
        let lags = MeasuredLags()
        let parity = parts.parity(over: comparisons, lags)
        let watches = Watches(comparisons, routes: parts.routes, clock: parts.clock)
        let statistics = StatisticsKeeper(clock: parts.clock)
        let exchange = parts.figuresExchange()
        let problems = ProblemCounts()
        let disk = parts.diskWatch()
        var readiness = parts.readiness(migrations, watches, disk)
        let followers = parts.followers(&readiness, reloader)
        let watch = parts.migrationWatch(over: migrations, planner, parity, watches, beside: readiness.shared)
        let operations = parts.operations(
            readiness,
            reloader,
            planner,
            parity,
            watch,
            watches,
            exchange?.statistics ?? statistics,
            problems
        )
        let servers = parts.servers(serving: parts.ingressServices(operations, notingIn: parity), onReady: onReady)
        let retention = RetentionService(
            journal: parts.store,
            clock: parts.start.processClock,
            keep: parts.settings.retention,
            keepAudit: parts.settings.auditRetention,
            logger: parts.logs.logger("tollgate")
        )
        let backlogs = SharedBacklogs()
        let sampler = StatisticsSampler(
            keeper: statistics,
            registry: parts.metrics,
            view: parts.view,
            journal: parts.store,
            routes: parts.routes,
            clock: parts.clock,
            backlogs: backlogs,
            shared: exchange?.statistics
        )
        let notifications = parts.notifications(parity, beside: readiness.shared, backlogs, watches, disk)
        var services: [any Service] = []
        // Before the services whose traces it exports, so that it stops after them.
        if let exporter = parts.exporter { services.append(exporter) }
        services += [
            parts.opened.service, parts.audit, retention, reloader, keys, migrations, parts.keyUses(), planner,
        ]
        if let certificates = parts.start.certificates { services.append(certificates) }
        services += followers
        services += [
            parts.delivery(), parts.backfills(beside: readiness.shared), parts.lookups(beside: readiness.shared, lags),
            parity, watch, watch.desk.returns, sampler,
        ]
        services += parts.watching(over: comparisons, lags)
        if let exchange { services.append(exchange) }
        services += [disk, ProblemCounter(counts: problems, archive: parts.store), notifications]
        return services + servers
    }
}

extension Result where Failure == any Error {
    /// The result of an operation that may throw.
    fileprivate init(_ operation: () async throws -> Success) async {
        do {
            self = .success(try await operation())
        } catch {
            self = .failure(error)
        }
    }
}
