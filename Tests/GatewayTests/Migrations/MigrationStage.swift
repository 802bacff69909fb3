import Access
import ConfigurationFile
import DeliveryEngine
import Events
import Foundation
import JSON
import Journal
import JournalSQLite
import Logging
import Migration
import NIOCore
import OfRecord
import Parity
import Routing
import TestSupport
import Testing

@testable import Gateway
@testable import Ingress

/// A migration from Lago to Polar on a real journal, with everything that carries out orders.
struct MigrationStage {
    let watched: ScriptedWatches
    let desk: MigrationDesk
    let watch: MigrationWatch
    let planner: RoutesPlanner
    let reloader: RoutesReloader
    let book: MigrationBook
    let routes: CurrentRoutes
    let clock: SetClock
    let store: SQLiteEventStore
    let file: URL

    func order(_ command: MigrationOrder.Command, plan: String? = nil, isDryRun: Bool = false) async throws
        -> MigrationOutcome
    {
        // What was never compared stops nobody here.
        let order = MigrationOrder(
            command,
            plan: plan,
            reason: "because",
            despite: Set(Gate.allCases),
            isDryRun: isDryRun
        )
        return try await desk.carryOut(order, on: "to-polar", by: try Self.caller(Self.boss))
    }

    /// What another gateway orders, which overrides nothing.
    func appendOfAnother(_ number: Int, _ action: MigrationEntry.Action) async throws {
        let record = MigrationRecord(
            migration: "to-polar",
            entry: MigrationEntry(number: number, at: clock.now, action: action),
            actor: "another"
        )
        let entry = AuditEntry(
            at: clock.now,
            category: .administration,
            action: "migrations: \(action.name)",
            tenant: nil,
            actor: "another",
            keyID: nil,
            remoteAddress: nil,
            details: [:]
        )
        #expect(try await store.append(record.act, recording: entry))
    }

    /// What follows returns in a gateway that has just started.
    func restartedReturns() -> MigrationReturns {
        MigrationReturns(
            journal: store,
            book: book,
            routes: routes,
            backfills: desk.backfills,
            times: MigrationTimes(clock: clock, lead: .zero, patience: .zero, pause: .zero),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// The returns for which there is a backfill of Lago.
    func refills() async throws -> [BackfillRoutes.Return?] {
        try await store.lanes().filter { $0.provider == "lago" }.map {
            BackfillRoutes(decoding: $0.routes)?.returned
        }
    }

    func send(_ customers: [String], at time: Timestamp, by sender: Client = boss) async throws {
        let events = try customers.enumerated().map { index, customer in
            AcceptedEvent(
                CanonicalEvent(name: "api", customerID: customer, timestamp: time),
                id: EventID("\(customer)-\(index)-\(time.milliseconds)"),
                in: Submission(
                    tenant: sender.tenant,
                    client: sender.name,
                    acceptedAt: time,
                    plan: try #require(
                        routes.current.table.plan(
                            for: "api",
                            customerID: customer,
                            subscriptionID: nil,
                            at: time,
                            acceptedAt: time,
                            client: sender.name
                        )
                    )
                )
            )
        }
        _ = try await store.append(AppendRequest(events: events, policy: .each))
    }

    static let boss = client("boss", "house", .admin)
    static let rival = client("rival", "rival", .manageMigrations)

    private static func client(_ name: ClientName, _ tenant: TenantID, _ scope: Scope) -> Client {
        Client(
            name: name,
            tenant: tenant,
            keys: [ClientKey(id: "k-\(name)", digest: KeyDigest(of: name.rawValue))],
            scopes: [scope]
        )
    }

    static func caller(_ client: Client) throws -> Caller {
        let holder = try #require(KeyTable([client]).holder(of: KeyDigest(of: client.name.rawValue)))
        return Caller(holder, from: try SocketAddress(ipAddress: "10.0.0.1", port: 1))
    }

    /// The first of a month is ten days ahead.
    static let start = Timestamp(rfc3339: "2026-12-22T00:00:00Z")!
    static let boundary = Timestamp(rfc3339: "2027-01-01T00:00:00Z")!

    static func text(
        autoHold: Bool = true,
        autoReturn: Bool = false,
        verifies: Bool = false,
        keepFor: String = "35d",
        rivalHasAnAccount: Bool = false,
        rivalHasARoute: Bool = false
    ) -> String {
        #"""
        {"version": 1, "providers": {
           "lago": {"adapter": "lago", "credential": {"env": "L"}},
           "polar": {"adapter": "polar", "credential": {"env": "P"}\#(verifies ? #", "verify": {"sample": "1/10"}"# : "")}},
         "routes": [\#(rivalHasARoute ? Self.rivalRoute : ""){"name": "r", "to": [{"provider": "lago", "subscription_id": "sub_{customer_id}"},
           {"provider": "polar", "mode": "mirror"}]}],
         "migrations": {"to-polar": {"route": "r", "from": "lago", "to": "polar", "auto_hold": \#(autoHold),
           "auto_return": \#(autoReturn), "keep_for": "\#(keepFor)",
           "gates": {"min_events": 1}}},
         "clients": [{"name": "boss", "tenant": "house"}, {"name": "rival", "tenant": "rival"\#(
             rivalHasAnAccount ? #", "credentials": {"polar": {"env": "R"}}"# : "")}]}
        """#
    }

    /// Takes all events of the rival, so that none comes to the migration's route.
    private static let rivalRoute = #"{"name": "own", "match": {"client": "rival"}, "to": [{"provider": "polar"}]}, "#

    static func with(
        autoHold: Bool = true,
        autoReturn: Bool = false,
        verifies: Bool = false,
        keepFor: String = "35d",
        rivalHasAnAccount: Bool = false,
        rivalHasARoute: Bool = false,
        lead: Duration = .milliseconds(100),
        _ body: (MigrationStage) async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "routes.json")
            let content = Array(
                Self.text(
                    autoHold: autoHold,
                    autoReturn: autoReturn,
                    verifies: verifies,
                    keepFor: keepFor,
                    rivalHasAnAccount: rivalHasAnAccount,
                    rivalHasARoute: rivalHasARoute
                ).utf8
            )
            try Data(content).write(to: file)
            let reader = RoutesFile.reader(allowsInlineSecrets: false)
            let routes = CurrentRoutes(try reader.read(content).routes)
            let store = try SQLiteEventStore(opening: folder.appending(path: "data"), logger: quiet)
            let clock = SetClock(Self.start)
            let vault = CredentialVault(of: routes, environment: [:])
            let audit = AuditLog(recording: store, clock: clock, logger: quiet)
            let reloader = RoutesReloader(
                watching: LoadedRoutesFile(file: file, signature: FileSignature(of: file), content: content),
                reader: reader,
                routes: routes,
                vault: vault,
                archive: store,
                logger: quiet,
                auditing: audit
            )
            let planner = RoutesPlanner(
                reloader: reloader,
                traffic: store,
                asking: SilentVendors(),
                folder: PlanFolder(in: folder.appending(path: "data")),
                retention: .seconds(35 * 86_400),
                clock: clock,
                auditing: audit,
                logger: quiet
            )
            let book = try await MigrationBook(store, routes: routes, logger: quiet)
            let watched = ScriptedWatches()
            let backfills = BackfillDesk(
                journal: store,
                routes: routes,
                admission: BackfillAdmission(),
                retention: .seconds(35 * 86_400),
                clock: clock,
                auditing: audit
            )
            let times = MigrationTimes(clock: clock, lead: lead, patience: .zero, pause: .zero)
            let desk = MigrationDesk(
                journal: store,
                book: book,
                routes: routes,
                finder: MigrationFactFinder(
                    journal: store,
                    comparisons: { [] },
                    checked: { planner.checked($0) },
                    watches: watched,
                    clock: clock
                ),
                plans: planner,
                returns: MigrationReturns(
                    journal: store,
                    book: book,
                    routes: routes,
                    backfills: backfills,
                    times: times,
                    logger: quiet
                ),
                times: times,
                audit: audit
            )
            let stage = MigrationStage(
                watched: watched,
                desk: desk,
                watch: MigrationWatch(desk, logger: quiet),
                planner: planner,
                reloader: reloader,
                book: book,
                routes: routes,
                clock: clock,
                store: store,
                file: file
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await planner.run() }
                try await body(stage)
                group.cancelAll()
            }
            await store.close()
        }
    }
}

/// The refusal that an order met.
func refusal(_ body: () async throws -> Void) async -> MigrationRefusal? {
    do {
        try await body()
        return nil
    } catch {
        return error as? MigrationRefusal
    }
}
