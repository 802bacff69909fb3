package import Acceptance
package import CoreMetrics
package import DeliveryEngine
package import Events
import Hummingbird
import HummingbirdCore
package import Journal
package import Logging
import NIOCore
package import Routing
import ServiceLifecycle

/// The HTTP server of the gateway.
///
/// On graceful shutdown it takes no new connection and answers what it has.
package struct IngressServer: Service {
    private let settings: IngressSettings
    private let responder: GatewayResponder
    private let endpoint: WriteEndpoint
    private let certificate: ServerCertificate?
    private let bodies: LargeBodies
    private let capacity: IngressCapacity
    private let onReady: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - certificate: for TLS; nil for plain HTTP.
    ///   - capacity: shared with other listeners; nil: its own, by the settings.
    ///   - logging: takes the access log.
    ///   - audit: one for all servers of a gateway; it runs beside them.
    ///   - onReady: called with the port when the server listens.
    package init(
        settings: IngressSettings,
        certificate: ServerCertificate? = nil,
        within capacity: IngressCapacity? = nil,
        accepting acceptor: Acceptor,
        reading archive: any EventArchive,
        revising: any DeliveryRevising,
        searching search: any EventSearching,
        following: any EventFollowing,
        serving dialects: [any Dialect],
        asking questions: VendorQuestions,
        passing calls: PassedCalls,
        watching delivery: DeliveryView,
        readiness: any ReadinessReporting,
        reloading: any RoutesReloading,
        reporting: any MetricsReporting,
        routes: CurrentRoutes,
        clock: any WallClock,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        logging: any RequestLogging,
        logger: Logger,
        auditing audit: AuditLog,
        onReady: @escaping @Sendable (Int) -> Void
    ) {
        self.settings = settings
        self.certificate = certificate
        self.onReady = onReady
        let bodies = LargeBodies(threads: max(1, System.coreCount / 2))
        self.bodies = bodies
        let gatekeeper = Gatekeeper(routes: routes, clock: clock, audit: audit)
        let capacity = capacity ?? IngressCapacity(settings.capacity, metrics: metrics)
        self.capacity = capacity
        let writing = WriteHandler(
            accepting: acceptor,
            limiter: gatekeeper.limiter,
            waiting: DeliveryWait(watch: delivery.settlements, archive: archive),
            traces: delivery.traces,
            reader: EventReader(limit: settings.eventLimit),
            bodies: bodies
        )
        let log = AccessLog(
            output: logging,
            logger: logger,
            metrics: RequestMetrics(facades: dialects.map(\.adapter), factory: metrics),
            routes: routes
        )
        endpoint = WriteEndpoint(
            bodyLimitBytes: settings.bodyLimitBytes,
            writing: writing,
            gatekeeper: gatekeeper,
            log: log,
            bodies: capacity.bodies
        )
        let removed = RemovedProviders(archive: archive, routes: routes)
        responder = GatewayResponder(
            settings: settings,
            writing: writing,
            events: EventHandler(archive: archive, traits: questions.traits),
            lists: EventListHandler(search: search),
            vendors: VendorReadHandler(
                routes: routes,
                questions: questions,
                archive: archive,
                acceptor: acceptor,
                bodies: bodies,
                audit: audit
            ),
            streams: EventStreamHandler(
                following: following,
                search: search,
                watch: delivery.settlements,
                gatekeeper: gatekeeper,
                within: capacity
            ),
            deliveries: DeliveriesHandler(reading: archive, removed: removed),
            revisions: RevisionHandler(
                revising: revising,
                nudging: delivery.bells,
                removed: removed,
                clock: clock,
                audit: audit
            ),
            providers: ProvidersHandler(
                archive: archive,
                monitor: delivery.monitor,
                passed: delivery.passed,
                routes: routes,
                clock: clock
            ),
            clients: ClientHandler(journalID: archive.journalID, bodyLimitBytes: settings.bodyLimitBytes),
            orders: ProviderOrdersHandler(
                revising: revising,
                steering: delivery.orders,
                routes: routes,
                clock: clock,
                audit: audit
            ),
            config: ConfigHandler(reloading: reloading),
            metrics: MetricsHandler(reporting: reporting),
            auditLog: AuditLogHandler(recording: audit.recording),
            facades: FacadeTable(dialects),
            passing: PassHandler(calls: calls, audit: audit, isSecure: certificate != nil, logger: logger),
            serving: FacadeHandler(
                acceptor: acceptor,
                limiter: gatekeeper.limiter,
                traces: delivery.traces,
                archive: archive,
                search: search,
                questions: questions,
                bodies: bodies,
                audit: audit
            ),
            readiness: readiness,
            gatekeeper: gatekeeper,
            decoding: bodies,
            log: log,
            budget: capacity.bodies
        )
    }

    package func run() async throws {
        let quiet = Logger(label: "tollgate.server") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { [endpoint, certificate, settings, capacity] responder in
                let plain = ConnectionChannel(
                    responder: responder,
                    endpoint: endpoint,
                    patience: settings.patience,
                    capacity: capacity,
                    isForAdministration: settings.isForAdministration,
                    isSecure: certificate != nil
                )
                return certificate.map { SecureConnectionChannel(certificate: $0, http1: plain) } ?? plain
            },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                serverName: "tollgate",
                backlog: 1024
            ),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? settings.port) },
            logger: quiet
        )
        bodies.start()
        do {
            try await application.run()
        } catch {
            try await bodies.stop()
            throw error
        }
        try await bodies.stop()
    }
}
