import Access
import ConfigurationFile
import DeliveryEngine
import Digest
import Events
import Foundation
import Ingress
import Journal
import Logging
import Observability
import Parity
import ParityRuns
import Posting
import Routing
import ServiceLifecycle
import Telemetry
import VendorReads

/// What the services of a gateway share, and how the services are made from it.
struct GatewayParts: Sendable {
    let start: GatewayStart
    let metrics: MetricsRegistry
    let opened: OpenedStore
    let clock: SystemWallClock
    let audit: AuditLog
    let view: DeliveryView
    let threads: GatewayThreads
    /// Nil if nothing is traced.
    let tracer: Tracer?

    var settings: GatewaySettings { start.settings }
    var logs: LogOutput { start.logs }
    var routes: CurrentRoutes { start.routes }
    var store: any EventStore { opened.journal }

    /// Opens the store, and checks that it fits the routes and the clock.
    static func open(_ start: GatewayStart) async throws(GatewayFault) -> GatewayParts {
        let metrics = MetricsRegistry()
        let opened = try await OpenedStore.open(
            start.settings,
            StoreSurroundings(
                metrics: metrics,
                logger: start.logs.logger("tollgate.store"),
                routesDigest: start.file.neighbours.digest(with: start.file.content)
            )
        )
        do throws(GatewayFault) {
            try await refuseChangedAccounts(start, opened.journal)
            try await checkClock(start, opened.journal)
        } catch {
            await opened.close()
            throw error
        }
        let clock = SystemWallClock()
        let tracer = start.settings.tracing.map { Tracer(sampler: $0.sampler) }
        return GatewayParts(
            start: start,
            metrics: metrics,
            opened: opened,
            clock: clock,
            audit: AuditLog(recording: opened.journal, clock: clock, logger: start.logs.logger("tollgate.audit")),
            view: DeliveryView(
                metrics: metrics,
                sharing: opened.shared.map { SharedReads($0.limits, routes: start.routes) },
                tracing: tracer
            ),
            threads: GatewayThreads(trusting: start.trusted),
            tracer: tracer
        )
    }

    /// Refuses to send waiting deliveries to another account with the same name.
    private static func refuseChangedAccounts(_ start: GatewayStart, _ store: any EventStore)
        async throws(GatewayFault)
    {
        let changed: [ChangedAccount]
        do {
            changed = try await .found(in: start.routes.current.routes, archive: store)
        } catch {
            throw .store(error)
        }
        guard !changed.isEmpty else { return }
        throw .changedAccounts(file: start.settings.routesFile.relativePath, changed)
    }

    /// - Throws: ``GatewayFault/clockAhead(now:lastUse:)`` if retention, which counts from the start of the process, would remove events
    ///   that it must keep.
    private static func checkClock(_ start: GatewayStart, _ store: any EventStore) async throws(GatewayFault) {
        let now = start.processClock.start.wall
        let keep = start.settings.retention
        let lastUse: Timestamp?
        do {
            lastUse = RetentionClock.lastUse(
                noted: try await store.notedTime(),
                newest: try await store.newestAcceptance(),
                keeping: keep
            )
        } catch {
            throw .store(error)
        }
        guard !start.settings.acceptsClock, let lastUse,
            RetentionClock.jump(from: lastUse, to: now, keeping: keep) != nil
        else { return }
        throw .clockAhead(now: now, lastUse: lastUse)
    }
}

// MARK: - Deliveries

extension GatewayParts {
    /// The pipelines of live deliveries, one per provider account.
    func delivery() -> DeliveryService {
        DeliveryService(routes: routes) { provider, place in pipeline(provider, nil, place) }
    }

    /// - Parameter shared: the state of the other gateways; nil if there are none.
    func backfills(beside shared: SharedJournal?) -> BackfillService {
        BackfillService(
            lanes: store,
            sharing: opened.shared != nil,
            routes: routes,
            elsewhere: Self.routesElsewhere(shared),
            clock: clock,
            seenBy: view,
            logger: logs.logger("tollgate.backfill")
        ) { provider, place, walk in pipeline(provider, walk, place) }
    }

    private static func routesElsewhere(_ shared: SharedJournal?) -> @Sendable () -> RoutesElsewhere {
        { shared?.routesElsewhere(at: .now) ?? .nobody }
    }

    /// A pipeline on one of the lanes, which take turns by the provider's index in the file.
    private func pipeline(_ provider: ProviderConfiguration, _ walk: BackfillWalk?, _ place: Int) -> Pipeline {
        // The part of the rate limit that all gateways together use for reads is not available to deliveries.
        let settings = view.reads.isShared ? provider.pipeline.leavingOutReads : provider.pipeline
        let lane = threads.lanes[place % threads.lanes.count]
        return Pipeline(
            settings: walk?.settings(at: settings) ?? settings,
            walking: walk,
            over: VendorLine(
                adapter: provider.adapter,
                caller: HTTPVendorCaller(
                    client: lane.clients.client(for: provider),
                    endpoint: VendorEndpoint(provider),
                    credentials: start.vault
                )
            ),
            ledger: store,
            clock: start.processClock,
            seenBy: view,
            on: lane,
            logger: logs.logger("tollgate.delivery")
        )
    }
}

// MARK: - Keys, routes and comparisons

extension GatewayParts {
    /// Clients' keys: in the data folder, or in the store that several gateways share.
    func keys() async throws(GatewayFault) -> any Service {
        let logger = logs.logger("tollgate.keys")
        guard let shared = opened.shared else {
            let source = FileKeySource(file: KeyFile(in: settings.dataFolder))
            return try await KeysReloader(from: source, routes: routes, logger: logger, auditing: audit)
        }
        let source = StoreKeySource(keys: StoreKeys(in: shared.keys))
        return try await KeysReloader(from: source, routes: routes, logger: logger, auditing: audit)
    }

    /// The orders of all migrations.
    func migrations() async throws(GatewayFault) -> MigrationBook {
        try await MigrationBook(store, routes: routes, logger: logs.logger("tollgate.migrations"))
    }

    /// How many of the newest comparisons the gates examine.
    private static let comparisonsForGates = 200

    /// Accepts orders for migrations, and holds those whose gates are not green.
    func migrationWatch(
        over book: MigrationBook,
        _ planner: RoutesPlanner,
        _ parity: ParityRunner,
        _ watches: any WatchReading,
        beside shared: SharedJournal?
    ) -> MigrationWatch {
        let backfills = BackfillDesk(
            journal: store,
            routes: routes,
            elsewhere: Self.routesElsewhere(shared),
            admission: view.backfills,
            retention: settings.retention,
            clock: clock,
            auditing: audit
        )
        // If there are several gateways, the others leave a return to the one that received the order for a while.
        let isAlone = opened.shared == nil
        let times = MigrationTimes(
            clock: clock,
            lead: isAlone ? .milliseconds(100) : .seconds(1),
            patience: isAlone ? .zero : .seconds(60)
        )
        let returns = MigrationReturns(
            journal: store,
            book: book,
            routes: routes,
            backfills: backfills,
            times: times,
            logger: logs.logger("tollgate.migrations")
        )
        let desk = MigrationDesk(
            journal: store,
            book: book,
            routes: routes,
            finder: MigrationFactFinder(
                journal: store,
                comparisons: { () async throws(ParityError) in
                    try await parity.runs(before: nil, limit: Self.comparisonsForGates)
                },
                checked: { planner.checked($0) },
                watches: watches,
                clock: clock
            ),
            plans: planner,
            returns: returns,
            times: times,
            audit: audit
        )
        return MigrationWatch(desk, logger: logs.logger("tollgate.migrations"))
    }

    /// Records when keys were used last.
    func keyUses() -> KeyUseRecorder {
        KeyUseRecorder(
            routes: routes,
            keeping: opened.keys(orIn: settings.dataFolder),
            clock: clock,
            logger: logs.logger("tollgate.keys")
        )
    }

    func reloader() -> RoutesReloader {
        RoutesReloader(
            watching: start.file,
            reader: start.reader,
            routes: routes,
            vault: start.vault,
            archive: store,
            logger: logs.logger("tollgate.routes"),
            auditing: audit
        )
    }

    func planner(reloading reloader: RoutesReloader) -> RoutesPlanner {
        RoutesPlanner(
            reloader: reloader,
            traffic: store,
            asking: comparingReads,
            folder: PlanFolder(in: settings.dataFolder),
            retention: settings.retention,
            clock: clock,
            auditing: audit,
            logger: logs.logger("tollgate.plans")
        )
    }

    /// Where comparisons and the results of watching providers are stored.
    func comparisons() throws(GatewayFault) -> any ParityStorage {
        if let shared = opened.shared { return shared.comparisons }
        do {
            return try ParityStore(in: settings.dataFolder)
        } catch {
            throw .parity(error.message)
        }
    }

    func parity(over comparisons: any ParityStorage, _ lags: MeasuredLags) -> ParityRunner {
        ParityRunner(
            journal: store,
            store: comparisons,
            routes: routes,
            reading: ReadableVendors(asking: comparingReads, lags: lags),
            lanes: laneMemberships,
            clock: clock,
            retention: settings.retention,
            logger: logs.logger("tollgate.parity")
        )
    }

    /// Reads from vendors for comparisons, with lower priority than deliveries and clients' reads.
    private var comparingReads: VendorComparisons {
        VendorComparisons(
            routes: routes,
            clients: threads.readers,
            credentials: start.vault,
            admission: view.reads
        )
    }

    private var laneMemberships: LaneMemberships {
        let store = store
        return { () async throws(StoreError) in
            try await store.lanes().reduce(into: [:]) { $0[$1.number] = BackfillMembership(of: $1) }
        }
    }

    /// Reads delivered events back, and sends canaries.
    func watching(over comparisons: any ParityStorage, _ lags: MeasuredLags) -> [any Service] {
        let monitor = view.monitor
        let surroundings = WatchSurroundings(
            journal: store,
            store: comparisons,
            routes: routes,
            reading: ReadableVendors(asking: comparingReads, lags: lags),
            isHere: { monitor.current[$0] != nil },
            clock: clock,
            metrics: metrics,
            logger: logs.logger("tollgate.watch")
        )
        return [VerifyService(surroundings), CanaryService(surroundings)]
    }
}

// MARK: - Unknown outcomes

extension GatewayParts {
    /// Looks up deliveries with an unknown outcome at the vendors.
    /// - Parameter shared: the state of the other gateways; nil if there are none.
    func lookups(beside shared: SharedJournal?, _ lags: MeasuredLags) -> OutcomeLookups {
        let (monitor, bells) = (view.monitor, view.bells)
        return OutcomeLookups(
            journal: store,
            routes: routes,
            reading: ReadableVendors(asking: comparingReads, lags: lags),
            lanes: laneMemberships,
            isElsewhere: { provider in
                ReportingDuty(shared?.view, delivering: Set(monitor.current.keys)).isElsewhere(provider)
            },
            nudging: { bells.nudge($0) },
            clock: clock,
            logger: logs.logger("tollgate.delivery")
        )
    }
}

// MARK: - Traces

extension GatewayParts {
    /// Sends traces to a collector; nil if nothing is traced.
    var exporter: TraceExporter? {
        guard let tracer, let tracing = settings.tracing else { return nil }
        return TraceExporter(
            tracing,
            of: tracer,
            trusting: start.trusted,
            metrics: metrics,
            logger: logs.logger("tollgate.traces")
        )
    }
}

// MARK: - Notifications

extension GatewayParts {
    /// - Parameters:
    ///   - shared: the state of the other gateways; nil if there are none.
    ///   - backlogs: the backlogs as statistics read them.
    ///   - watches: the results of watching providers.
    ///   - disk: forecasts when the disk is full.
    func notifications(
        _ parity: ParityRunner,
        beside shared: SharedJournal?,
        _ backlogs: SharedBacklogs,
        _ watches: any WatchReading,
        _ disk: DiskWatch
    ) -> NotificationService {
        let routes = routes
        let secrets = ReceiverCredentials { routes.current.routes.notifications }
        return NotificationService(
            feed: ConditionFeed(
                monitor: view.monitor,
                backlogs: backlogs,
                routes: routes,
                parity: parity,
                watches: watches,
                keys: opened.keys(orIn: settings.dataFolder),
                shared: shared,
                settings: settings,
                diskWatch: disk,
                clock: clock
            ),
            routes: routes,
            sender: NotificationSender(
                poster: HTTPPoster(trusting: start.trusted),
                credentials: secrets.vault(environment: settings.environment),
                environment: settings.environment,
                clock: clock
            ),
            clock: clock,
            metrics: metrics,
            logger: logs.logger("tollgate.notifications")
        )
    }
}

// MARK: - Beside others

extension GatewayParts {
    func diskWatch() -> DiskWatch {
        DiskWatch(settings, isEmbedded: opened.shared == nil, clock: clock)
    }

    func readiness(_ migrations: MigrationBook, _ watches: any WatchReading, _ disk: DiskWatch) -> GatewayReadiness {
        GatewayReadiness(
            store: opened,
            routes: routes,
            vault: start.vault,
            monitor: view.monitor,
            clock: clock,
            book: migrations,
            watches: watches,
            disk: disk
        )
    }

    /// How a gateway takes part in a journal that several share: it follows what they deliver, what people order there, and which
    /// gateways there are.
    /// - Parameter readiness: reports the state of the others from then on.
    func followers(_ readiness: inout GatewayReadiness, _ reloader: RoutesReloader) -> [any Service] {
        guard let shared = opened.shared else { return [] }
        let own = readiness
        let others = SharedJournal(
            shared.reporting,
            states: { await own.accountStates() },
            routesDigest: { reloader.active.digest },
            areRoutesAlone: { [routes] in routes.areAlone },
            logger: logs.logger("tollgate.gateways")
        )
        readiness.shared = others
        let logger = logs.logger("tollgate.delivery")
        return [
            SettlementPolling(watch: view.settlements, journal: shared.settlements, logger: logger),
            OrdersOfOthers(journal: shared.orders, seenBy: view, logger: logger), others,
        ]
    }
}
