import Acceptance
import Access
import ConfigurationFile
import DeliveryEngine
import Events
import Facades
import Foundation
import Ingress
import Journal
import JournalSQLite
import Logging
import NIOCore
import NIOPosix
import NIOSSL
package import Observability
import Parity
import ParityRuns
import Routing
package import ServiceLifecycle
import Transport
import UnixSignals
import VendorReads
import Vendors

/// The gateway: settings in, services out.
package enum Gateway {
    /// Runs the gateway until SIGTERM or SIGINT, then stops in order: no new requests, what is under way settled, the store closed.
    ///
    /// - Parameters:
    ///   - alongside: services that run with it and start before it, such as the sandbox.
    ///   - onReady: called with the port when requests are taken.
    /// - Throws: ``GatewayFault`` if it cannot start; an `IOError` if the address is in use.
    package static func serve(
        _ settings: GatewaySettings,
        alongside: [any Service] = [],
        logs: LogOutput,
        onReady: @escaping @Sendable (Int) -> Void
    ) async throws {
        let logger = logs.logger("tollgate")
        if !settings.allowsCoreDumps { CoreDumps.forbid() }
        let signature = FileSignature(of: settings.routesFile)
        let content = try RoutesFile.content(of: settings.routesFile)
        let file = try RoutesFile.read(
            content,
            of: settings.routesFile,
            allowsInlineSecrets: settings.allowsInlineSecrets
        )
        let routes = CurrentRoutes(file.routes)
        let vault = CredentialVault(of: routes, environment: settings.environment)
        let reading = await vault.recognizeAccounts(in: file, runsPrograms: true)
        routes.replace(by: reading.routes)
        for warning in reading.warnings { logger.warning("\(warning.line(in: settings.routesFile.relativePath))") }
        for missing in await vault.missing {
            logger.warning("a credential is missing", metadata: ["detail": "\(missing)"])
        }
        let certificates = try certificates(settings, logs)
        let trusted = try vendorRoots(settings)
        var ingressSettings = settings.ingress
        ingressSettings.capacity.connections = min(ingressSettings.capacity.connections, FileLimit.connections())
        let metrics = MetricsRegistry()
        // One for all listeners, whose connections are files of one process.
        let capacity = IngressCapacity(
            ingressSettings.capacity,
            hasAdministration: settings.administration != nil,
            metrics: metrics
        )
        let store = try openStore(settings, metrics, logs)
        try await refuseChangedAccounts(settings, routes.current.routes, store)
        let clock = SystemWallClock()
        do throws(GatewayFault) {
            try await checkClock(clock, settings, store)
        } catch {
            await store.close()
            throw error
        }
        let audit = AuditLog(recording: store, clock: clock, logger: logs.logger("tollgate.audit"))
        let keys = try KeysReloader(
            file: KeyFile(in: settings.dataFolder),
            routes: routes,
            logger: logs.logger("tollgate.keys"),
            auditing: audit
        )
        let view = DeliveryView(metrics: metrics)
        // Threads of their own, so that deliveries and the gateway's clients share the cores by the system's rules.
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        let lanes = threads.makeIterator().map { DeliveryLane($0, trusting: trusted) }
        // Reads of clients have connections of their own, so that those that hang leave deliveries theirs.
        let readers = VendorClients(on: threads.next(), trusting: trusted, mostConnections: 16)
        // Passed calls have a thread of their own as well: a large answer is work.
        let passThread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let passConnections = PassedConnections(on: passThread.next(), trusting: trusted)
        let deliveryLogger = logs.logger("tollgate.delivery")
        let delivery = DeliveryService(routes: routes) { provider, place in
            pipeline(provider, nil, store, vault, lanes[place % lanes.count], clock, view, deliveryLogger)
        }
        let backfills = BackfillService(
            lanes: store,
            routes: routes,
            clock: clock,
            seenBy: view,
            logger: logs.logger("tollgate.backfill")
        ) { provider, place, walk in
            pipeline(provider, walk, store, vault, lanes[place % lanes.count], clock, view, deliveryLogger)
        }
        let reloader = RoutesReloader(
            file: settings.routesFile,
            signature: signature,
            content: content,
            reader: RoutesFile.reader(allowsInlineSecrets: settings.allowsInlineSecrets),
            routes: routes,
            vault: vault,
            archive: store,
            logger: logs.logger("tollgate.routes"),
            auditing: audit
        )
        let planner = RoutesPlanner(
            reader: RoutesFile.reader(allowsInlineSecrets: settings.allowsInlineSecrets),
            reloader: reloader,
            routes: routes,
            vault: vault,
            traffic: store,
            folder: PlanFolder(in: settings.dataFolder),
            retention: settings.retention,
            clock: clock,
            auditing: audit,
            logger: logs.logger("tollgate.plans")
        )
        let parity = try parity(settings, store, routes, readers, vault, view, clock, logs)
        let services = IngressServices(
            acceptor: Acceptor(
                store: store,
                routes: routes,
                clock: clock,
                metrics: metrics,
                times: view.acceptance
            ),
            journal: store,
            routes: routes,
            clock: clock,
            delivery: view,
            questions: VendorQuestions(
                routes: routes,
                clients: readers,
                credentials: vault,
                adapters: VendorRegistry.all,
                admission: view.reads
            ),
            passedCalls: PassedCalls(
                over: passConnections,
                credentials: vault,
                routes: routes,
                seenBy: view,
                clock: clock
            ),
            dialects: FacadeRegistry.all,
            operations: IngressOperations(
                readiness: GatewayReadiness(
                    archive: store,
                    routes: routes,
                    vault: vault,
                    monitor: view.monitor,
                    clock: clock
                ),
                reloading: reloader,
                planning: planner,
                backfills: BackfillDesk(
                    journal: store,
                    routes: routes,
                    admission: view.backfills,
                    retention: settings.retention,
                    clock: clock,
                    auditing: audit
                ),
                reporting: GatewayMetrics(
                    registry: metrics,
                    archive: store,
                    routes: routes,
                    monitor: view.monitor,
                    clock: clock,
                    parity: parity,
                    logs: logs
                ),
                audit: audit,
                parity: parity
            )
        )
        let serving = { (settings: IngressSettings, onReady: @escaping @Sendable (Int) -> Void) in
            IngressServer(
                settings: settings,
                certificate: certificates?.certificate,
                within: capacity,
                serving: services,
                telemetry: IngressTelemetry(
                    requests: RequestLog(output: logs),
                    logger: logs.logger("tollgate.http"),
                    metrics: metrics
                ),
                onReady: onReady
            )
        }
        var servers = [serving(ingressSettings, onReady)]
        if let administration = settings.administration {
            servers.append(
                serving(administration) { port in
                    logger.info("listening for administration", metadata: ["address": "\(administration.host):\(port)"])
                }
            )
        }
        let retention = RetentionService(journal: store, clock: clock, keep: settings.retention, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: alongside + [store, audit, retention, reloader, keys, planner]
                + (certificates.map { [$0] } ?? []) + [delivery, backfills, parity]
                + servers,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logs.logger("tollgate.services")
        )
        configuration.maximumGracefulShutdownDuration = settings.grace
        let result = await Swift.Result { try await ServiceGroup(configuration: configuration).run() }
        for lane in lanes { try await lane.clients.shutdown() }
        try await readers.shutdown()
        try await passConnections.shutdown()
        try await passThread.shutdownGracefully()
        try await threads.shutdownGracefully()
        try result.get()
    }

    private static func parity(
        _ settings: GatewaySettings,
        _ store: SQLiteEventStore,
        _ routes: CurrentRoutes,
        _ readers: VendorClients,
        _ vault: CredentialVault,
        _ view: DeliveryView,
        _ clock: any WallClock,
        _ logs: LogOutput
    ) throws(GatewayFault) -> ParityRunner {
        do {
            return ParityRunner(
                journal: store,
                store: try ParityStore(in: settings.dataFolder),
                routes: routes,
                asking: VendorComparisons(
                    routes: routes,
                    clients: readers,
                    credentials: vault,
                    admission: view.reads
                ),
                lanes: { () async throws(StoreError) in
                    try await store.lanes().reduce(into: [:]) { $0[$1.number] = BackfillMembership(of: $1) }
                },
                clock: clock,
                retention: settings.retention,
                logger: logs.logger("tollgate.parity")
            )
        } catch {
            throw .parity(error.message)
        }
    }

    private static func certificates(_ settings: GatewaySettings, _ logs: LogOutput) throws(GatewayFault)
        -> CertificateReloader?
    {
        guard let files = settings.certificate else { return nil }
        return try CertificateReloader(reading: files, logger: logs.logger("tollgate.tls"))
    }

    private static func vendorRoots(_ settings: GatewaySettings) throws(GatewayFault) -> [NIOSSLCertificate] {
        guard let file = settings.vendorRoots else { return [] }
        do {
            return try TLSFile.certificates(in: file)
        } catch {
            throw .vendorRoots(error)
        }
    }

    private static func openStore(_ settings: GatewaySettings, _ metrics: MetricsRegistry, _ logs: LogOutput)
        throws(GatewayFault)
        -> SQLiteEventStore
    {
        var limits = SQLiteStoreSettings()
        limits.backlogLimitEvents = settings.backlogLimitEvents
        limits.diskLimitBytes = settings.diskLimitBytes
        do {
            return try SQLiteEventStore(
                opening: settings.dataFolder,
                settings: limits,
                metrics: metrics,
                announce: wakeAfterThisTick,
                logger: logs.logger("tollgate.store")
            )
        } catch {
            throw .store(error)
        }
    }

    /// What waits must not go to another account that has got the name of its own.
    private static func refuseChangedAccounts(
        _ settings: GatewaySettings,
        _ routes: Routes,
        _ store: SQLiteEventStore
    ) async throws(GatewayFault) {
        let changed: [ChangedAccount]
        do {
            changed = try await .found(in: routes, archive: store)
        } catch {
            throw .store(error)
        }
        guard !changed.isEmpty else { return }
        await store.close()
        throw .changedAccounts(file: settings.routesFile.relativePath, changed)
    }

    /// - Throws: ``GatewayFault/clockAhead(now:newest:)``
    private static func checkClock(
        _ clock: any WallClock,
        _ settings: GatewaySettings,
        _ store: SQLiteEventStore
    ) async throws(GatewayFault) {
        let newest: Timestamp?
        do {
            newest = try await store.newestAcceptance()
        } catch {
            throw .store(error)
        }
        let now = clock.now
        guard !settings.acceptsClock, let newest,
            RetentionClock.jump(from: newest, to: now, keeping: settings.retention) != nil
        else { return }
        throw .clockAhead(now: now, newest: newest)
    }

    /// Behind all that the event loop has to do by now: the other requests that came in together with this one then go into the same
    /// commit. An idle loop has nothing to do, so that a lone request does not wait.
    private static let wakeAfterThisTick: CommitAnnouncement = { wake in
        if let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop { eventLoop.execute(wake) } else { wake() }
    }

    private static func pipeline(
        _ provider: ProviderConfiguration,
        _ walk: BackfillWalk?,
        _ store: SQLiteEventStore,
        _ vault: CredentialVault,
        _ lane: DeliveryLane,
        _ clock: any WallClock,
        _ view: DeliveryView,
        _ logger: Logger
    ) -> Pipeline {
        Pipeline(
            settings: walk?.settings(at: provider.pipeline) ?? provider.pipeline,
            walking: walk,
            adapter: provider.adapter,
            ledger: store,
            caller: HTTPVendorCaller(
                client: lane.clients.client(for: provider),
                endpoint: VendorEndpoint(provider),
                credentials: vault
            ),
            clock: clock,
            seenBy: view,
            on: lane,
            logger: logger
        )
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
