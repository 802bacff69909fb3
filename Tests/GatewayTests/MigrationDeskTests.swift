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
import Synchronization
import TestSupport
import Testing

@testable import Gateway
@testable import Ingress

/// Orders for migrations, on a real journal.
@Suite struct MigrationDeskTests {
    private final class SetClock: WallClock {
        private let time: Mutex<Timestamp>

        init(_ time: Timestamp) { self.time = Mutex(time) }

        var now: Timestamp { time.withLock { $0 } }

        func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    }

    private struct Stage {
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
                clock: clock,
                lead: .zero,
                patience: .zero,
                pause: .zero,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }

        /// The returns for which there is a backfill of Lago.
        func refills() async throws -> [BackfillRoutes.Return?] {
            try await store.lanes().filter { $0.provider == "lago" }.map {
                BackfillRoutes(decoding: $0.routes)?.returned
            }
        }

        func send(_ customers: [String], at time: Timestamp) async throws {
            let events = try customers.enumerated().map { index, customer in
                AcceptedEvent(
                    CanonicalEvent(name: "api", customerID: customer, timestamp: time),
                    id: EventID("\(customer)-\(index)-\(time.milliseconds)"),
                    in: Submission(
                        tenant: "house",
                        client: "boss",
                        acceptedAt: time,
                        plan: try #require(
                            routes.current.table.plan(
                                for: "api",
                                customerID: customer,
                                subscriptionID: nil,
                                at: time,
                                acceptedAt: time,
                                client: "boss"
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
    }

    /// The first of a month is ten days ahead.
    private static let start = Timestamp(rfc3339: "2026-12-22T00:00:00Z")!
    private static let boundary = Timestamp(rfc3339: "2027-01-01T00:00:00Z")!

    private static func text(
        autoHold: Bool = true,
        autoReturn: Bool = false,
        verifies: Bool = false,
        keepFor: String = "35d"
    ) -> String {
        #"""
        {"version": 1, "providers": {
           "lago": {"adapter": "lago", "credential": {"env": "L"}},
           "polar": {"adapter": "polar", "credential": {"env": "P"}\#(verifies ? #", "verify": {"sample": "1/10"}"# : "")}},
         "routes": [{"name": "r", "to": [{"provider": "lago", "subscription_id": "sub_{customer_id}"},
           {"provider": "polar", "mode": "mirror"}]}],
         "migrations": {"to-polar": {"route": "r", "from": "lago", "to": "polar", "auto_hold": \#(autoHold),
           "auto_return": \#(autoReturn), "keep_for": "\#(keepFor)",
           "gates": {"min_events": 1}}},
         "clients": [{"name": "boss", "tenant": "house"}, {"name": "rival", "tenant": "rival"}]}
        """#
    }

    private func with(
        autoHold: Bool = true,
        autoReturn: Bool = false,
        verifies: Bool = false,
        keepFor: String = "35d",
        lead: Duration = .milliseconds(100),
        _ body: (Stage) async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "routes.json")
            let content = Array(
                Self.text(autoHold: autoHold, autoReturn: autoReturn, verifies: verifies, keepFor: keepFor).utf8
            )
            try Data(content).write(to: file)
            let reader = RoutesFile.reader(allowsInlineSecrets: false)
            let routes = CurrentRoutes(try reader.read(content).routes)
            let store = try SQLiteEventStore(opening: folder.appending(path: "data"), logger: quiet)
            let clock = SetClock(Self.start)
            let vault = CredentialVault(of: routes, environment: [:])
            let audit = AuditLog(recording: store, clock: clock, logger: quiet)
            let reloader = RoutesReloader(
                file: file,
                signature: FileSignature(of: file),
                content: content,
                reader: reader,
                routes: routes,
                vault: vault,
                archive: store,
                logger: quiet,
                auditing: audit
            )
            let planner = RoutesPlanner(
                reader: reader,
                reloader: reloader,
                routes: routes,
                vault: vault,
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
                backfills: backfills,
                returns: MigrationReturns(
                    journal: store,
                    book: book,
                    routes: routes,
                    backfills: backfills,
                    clock: clock,
                    lead: lead,
                    patience: .zero,
                    pause: .zero,
                    logger: quiet
                ),
                clock: clock,
                audit: audit,
                lead: lead
            )
            let stage = Stage(
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

    private func refusal(_ body: () async throws -> Void) async -> MigrationRefusal? {
        do {
            try await body()
            return nil
        } catch {
            return error as? MigrationRefusal
        }
    }

    @Test func `keeps an order in the journal and the audit log, with who, when and plan, and follows it at once`()
        async throws
    {
        try await with { (stage) async throws in
            let outcome = try await stage.order(.ramp(share: 5))
            #expect(outcome.status.stage == .ramp && outcome.returned == nil && !outcome.isDryRun)
            #expect(stage.routes.current.logs["to-polar"].entries.map(\.action) == [.ramp(share: 5)])
            let act = try #require(try await stage.store.migrationActs().first)
            #expect(
                act.actor == "boss" && act.keyID == "k-boss" && act.number == 1
                    && act.at == Self.start + .milliseconds(100)
            )
            let entry = try #require(try await stage.store.auditLog(AuditFilter(), before: nil, limit: 9).first?.entry)
            #expect(entry.action == "migrations: ramp" && entry.actor == "boss" && entry.remoteAddress == "10.0.0.1")
            #expect(entry.details["migration"] == "to-polar" && entry.details["share"] == "5")
            #expect(
                entry.details["reason"] == "because"
                    && entry.details["despite"] == "unexplained,usage,rejected,uncertain,backlog_age,lost"
            )
        }
    }

    @Test func `counts what each provider got of the events of each day, for those who may see the migration`()
        async throws
    {
        try await with { (stage) async throws in
            try await stage.send(["a", "b", "c"], at: Self.start)
            try await stage.send(["d"], at: Self.start + .seconds(-86_400))
            let days = try await stage.desk.days(of: "to-polar", for: Stage.boss)
            #expect(days.from == "lago" && days.to == "polar" && days.days.count == MigrationDays.usual)
            #expect(days.days.map(\.from.waiting) == [3, 1, 0, 0, 0, 0, 0])
            #expect(days.days.map(\.to.waiting) == [3, 1, 0, 0, 0, 0, 0])
            let rival = await refusal { _ = try await stage.desk.days(of: "to-polar", for: Stage.rival) }
            #expect(rival == .unknown("to-polar"))
            #expect(await refusal { _ = try await stage.desk.days(of: "other", for: Stage.boss) } == .unknown("other"))
        }
    }

    @Test func `changes nothing in a dry run, and nothing that is refused`() async throws {
        try await with { (stage) async throws in
            #expect(try await stage.order(.ramp(share: 5), isDryRun: true).isDryRun)
            #expect(await refusal { _ = try await stage.order(.resume) } == .notHeld)
            let gates = await refusal {
                _ = try await stage.desk.carryOut(
                    MigrationOrder(.ramp(share: 5)),
                    on: "to-polar",
                    by: try Stage.caller(Stage.boss)
                )
            }
            guard case .gates(let statuses) = gates else {
                Issue.record("\(String(describing: gates))")
                return
            }
            #expect(statuses.map(\.gate).first == .unexplained)
            #expect(try await stage.store.migrationActs().isEmpty)
            #expect(try await stage.store.auditLog(AuditFilter(), before: nil, limit: 9).isEmpty)
        }
    }

    @Test func `decides from the newest log, whoever has written it`() async throws {
        try await with { (stage) async throws in
            _ = try await stage.order(.ramp(share: 5))
            try await stage.appendOfAnother(2, .hold)
            let refused = await refusal { _ = try await stage.order(.ramp(share: 25)) }
            // The clock stood still, so the hold counts from the entry before it.
            #expect(refused == .held(since: Self.start + .milliseconds(100)))
            #expect(try await stage.order(.resume).record.entry.number == 3)
        }
    }

    @Test func `refuses a plan that is unknown, or out of date`() async throws {
        try await with { (stage) async throws in
            try await stage.send(["a", "b"], at: Self.start)
            #expect(await refusal { _ = try await stage.order(.ramp(share: 5), plan: "none") } == .unknownPlan("none"))
            func plan() async throws -> String {
                let order = PlanOrder(
                    .file(Array(Self.text().utf8)),
                    clock: .accepted,
                    from: nil,
                    until: nil,
                    sample: 100
                )
                let answer = try await stage.planner.plan(order, by: try Stage.caller(Stage.boss))
                let id = try #require(JSONDocument(ifValid: answer.json)?.root["id"]?.string)
                try await waitUntil("the plan is finished") {
                    try await stage.planner.plan(id, for: Stage.boss).isFinished
                }
                return id
            }
            let first = try await plan()
            #expect(try await stage.order(.ramp(share: 5), plan: first).record.plan == first)
            #expect(try await stage.store.migrationActs().map(\.plan) == [first])
            #expect(
                await refusal { _ = try await stage.order(.ramp(share: 25), plan: first) }
                    == .stalePlan(first, .logChanged)
            )
            let second = try await plan()
            #expect(second != first)
            try Data((Self.text() + " ").utf8).write(to: stage.file)
            _ = try await stage.reloader.reload(by: try Stage.caller(Stage.boss))
            #expect(
                await refusal { _ = try await stage.order(.ramp(share: 25), plan: second) }
                    == .stalePlan(second, .routesChanged)
            )
        }
    }

    @Test func `returns at once, and says whose usage is on the new provider's bill`() async throws {
        try await with { (stage) async throws in
            _ = try await stage.order(.ramp(share: 100))
            try await stage.send(["a", "b"], at: Self.start + .seconds(60))
            try await stage.send(["a", "a", "b"], at: Self.boundary + .seconds(60))
            stage.clock.advance(Self.boundary - Self.start + .seconds(3600))
            let dry = try await stage.order(.goBack(when: .now, customers: ["a"]), isDryRun: true)
            #expect(dry.returned?.list.map(\.customer) == ["a"])
            let outcome = try await stage.order(.goBack(when: .now, customers: nil))
            let list = try #require(outcome.returned?.list)
            #expect(list.map(\.customer) == ["a", "b"] && list.map(\.events) == [2, 1])
            let log = stage.routes.current.logs["to-polar"]
            let migration = try #require(stage.routes.current.routes.migration(named: "to-polar"))
            #expect(migration.record(by: log).side(for: "a", at: stage.clock.now + .seconds(1)) == .from)
            #expect(try await stage.order(.goBack(when: .boundary, customers: nil)).returned == nil)
        }
    }

    @Test func `shows a migration to those that may read from both providers`() async throws {
        try await with { (stage) async throws in
            #expect(try await stage.desk.migrations(for: Stage.boss).map(\.outline.name) == ["to-polar"])
            // Both tenants' events go to the same accounts.
            #expect(try await stage.desk.migrations(for: Stage.rival).isEmpty)
            #expect(
                await refusal { _ = try await stage.desk.migration("to-polar", for: Stage.rival) }
                    == .unknown("to-polar")
            )
            #expect(await refusal { _ = try await stage.desk.migration("x", for: Stage.boss) } == .unknown("x"))
            let order = MigrationOrder(.hold)
            #expect(
                await refusal {
                    _ = try await stage.desk.carryOut(order, on: "to-polar", by: try Stage.caller(Stage.rival))
                }
                    == .unknown("to-polar")
            )
        }
    }

    // MARK: - Holding by itself

    @Test func `holds a migration whose comparisons do not run, says why, and stays held`() async throws {
        try await with { (stage) async throws in
            await stage.watch.look()
            #expect(stage.watch.current.isEmpty)
            try await stage.appendOfAnother(1, .ramp(share: 5))
            try await stage.book.refresh()
            await stage.watch.look()
            let hold = try #require(stage.watch.current.first?.hold)
            #expect(hold.actor == "gateway" && hold.reason == "unexplained is unknown: not measured yet")
            #expect(stage.routes.current.logs["to-polar"].isHeld)
            let log = try await stage.store.auditLog(AuditFilter(), before: nil, limit: 1)
            #expect(log.first?.entry.action == "migrations: hold" && log.first?.entry.details["reason"] == hold.reason)
            await stage.watch.look()
            #expect(try await stage.store.migrationActs().count == 2)
            // A restart.
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let routes = CurrentRoutes(stage.routes.current.routes)
            _ = try await MigrationBook(stage.store, routes: routes, logger: quiet)
            #expect(routes.current.logs["to-polar"].isHeld)
            // Whoever resumes it overrides what is not green.
            _ = try await stage.order(.resume)
            await stage.watch.look()
            #expect(!stage.routes.current.logs["to-polar"].isHeld)
        }
    }

    @Test func `holds nothing without auto_hold, and tells what it would have done`() async throws {
        try await with(autoHold: false) { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 5))
            try await stage.book.refresh()
            await stage.watch.look()
            let status = try #require(stage.watch.current.first)
            #expect(status.hold == nil && status.reasonToHold == "unexplained is unknown: not measured yet")
            #expect(try await stage.store.migrationActs().count == 1)
        }
    }

    @Test func `returns the customers when the new vendor loses events, if the file says so`() async throws {
        try await with(autoReturn: true, verifies: true) { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 100))
            try await stage.book.refresh()
            stage.watched.lose(at: stage.clock.now)
            await stage.watch.look()
            let records = stage.book.current["to-polar"]
            #expect(records.map(\.entry.action.name) == ["ramp", "return"], "no hold comes before it")
            #expect(records.last?.actor == "gateway")
            #expect(records.last?.reason == "lost is red: 1 of 1 read back, at most 0")
            let entry = try #require(try await stage.store.auditLog(AuditFilter(), before: nil, limit: 9).first?.entry)
            #expect(entry.action == "migrations: return" && entry.details["customers"] == "all")
            await stage.watch.look()
            #expect(stage.book.current["to-polar"].count == 2, "it returns them once")
        }
        try await with(verifies: true) { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 100))
            try await stage.book.refresh()
            stage.watched.lose(at: stage.clock.now)
            await stage.watch.look()
            let records = stage.book.current["to-polar"]
            #expect(records.map(\.entry.action.name) == ["ramp", "hold"])
            #expect(records.last?.reason?.contains("lost is red: 1 of 1 read back, at most 0") ?? false)
        }
    }

    @Test func `a gate orders nothing if somebody was first since it was looked at`() async throws {
        try await with(verifies: true) { (stage) async throws in
            _ = try await stage.order(.ramp(share: 100))
            stage.watched.lose(at: stage.clock.now)
            let outline = try await stage.desk.migration("to-polar", for: Stage.boss).outline
            let status = try await stage.desk.status(of: outline)
            // Somebody goes on in spite of it.
            _ = try await stage.order(.hold)
            _ = try await stage.order(.resume)
            #expect(await refusal { try await stage.desk.hold(status, because: "lost is red") } == .overtaken)
            #expect(await refusal { try await stage.desk.goBack(status, because: "lost is red") } == .overtaken)
            #expect(stage.book.current["to-polar"].map(\.entry.action.name) == ["ramp", "hold", "resume"])
            #expect(!stage.routes.current.logs["to-polar"].isHeld)
        }
    }

    // MARK: - What follows a return

    /// Customers have moved, and Lago gets nothing any more.
    private func move(_ stage: Stage) async throws {
        _ = try await stage.order(.ramp(share: 100))
        try await stage.send(["a", "b"], at: Self.start + .seconds(60))
        try await stage.send(["a", "a", "b"], at: Self.boundary + .seconds(60))
        stage.clock.advance(Self.boundary - Self.start + .seconds(3600))
    }

    private static let second = BackfillRoutes.Return(migration: "to-polar", number: 2)

    @Test func `a return by a gate starts the backfill that one by an operator starts`() async throws {
        try await with(autoReturn: true, verifies: true, keepFor: "1s") { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 100))
            try await stage.book.refresh()
            try await stage.send(["a", "a", "b"], at: Self.boundary + .seconds(60))
            stage.clock.advance(Self.boundary - Self.start + .seconds(3600))
            stage.watched.lose(at: stage.clock.now)
            await stage.watch.look()
            #expect(stage.book.current["to-polar"].map(\.entry.action.name) == ["ramp", "return"])
            // It does not hold yet.
            await stage.desk.returns.look()
            #expect(try await stage.refills().isEmpty)
            stage.clock.advance(.milliseconds(100))
            await stage.desk.returns.look()
            #expect(try await stage.refills() == [Self.second])
            let lane = try #require(try await stage.store.lanes().first)
            #expect(lane.startedBy == "gateway" && lane.filter.from == Self.boundary && lane.filter.tenant == nil)
            let log = try await stage.store.auditLog(AuditFilter(action: "backfill: start"), before: nil, limit: 9)
            #expect(log.map(\.entry.actor) == [nil] && log.first?.entry.details["provider"] == "lago")
            await stage.desk.returns.look()
            #expect(try await stage.store.lanes().count == 1)
            // What must be voided can be asked for again.
            let dry = try await stage.order(.goBack(when: .now, customers: nil), isDryRun: true)
            #expect(dry.returned?.list.map(\.customer) == ["a", "b"])
        }
    }

    @Test func `a crash between a return and the start of its backfill is made up for at the next start`() async throws
    {
        try await with(keepFor: "1s") { (stage) async throws in
            try await move(stage)
            try await stage.appendOfAnother(2, .goBack(when: .now, customers: ["a"]))
            try await stage.book.refresh()
            await stage.restartedReturns().look()
            #expect(try await stage.refills() == [Self.second])
            let lane = try #require(try await stage.store.lanes().first)
            let routes = try #require(BackfillRoutes(decoding: lane.routes))
            let piece = try await stage.store.recorded(
                RecordedWindow(
                    clock: .occurred,
                    from: Self.start,
                    until: Timestamp(milliseconds: .max),
                    tenant: nil,
                    withDeliveries: false
                ),
                after: nil,
                limit: 99
            )
            let sent = piece.events.map(\.event).filter { routes.destination(of: $0) != nil }
            #expect(sent.map(\.customerID) == ["a", "a"], "those of the returned customer's running period")
            // Once, by whichever gateway.
            await stage.restartedReturns().look()
            await stage.desk.returns.look()
            #expect(try await stage.store.lanes().count == 1)
        }
    }

    @Test func `nothing is started where the old provider has everything, or long after a return`() async throws {
        try await with { (stage) async throws in
            try await move(stage)
            try await stage.appendOfAnother(2, .goBack(when: .now, customers: nil))
            try await stage.book.refresh()
            await stage.restartedReturns().look()
            #expect(try await stage.store.lanes().isEmpty)
        }
        try await with(keepFor: "1s") { (stage) async throws in
            try await move(stage)
            try await stage.appendOfAnother(2, .goBack(when: .now, customers: nil))
            try await stage.book.refresh()
            stage.clock.advance(.seconds(8 * 86_400))
            await stage.restartedReturns().look()
            #expect(try await stage.store.lanes().isEmpty)
        }
    }

    @Test func `a return whose request is cut short is followed to its end`() async throws {
        try await with(keepFor: "1s", lead: .seconds(3600)) { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 100))
            try await stage.book.refresh()
            try await stage.send(["a", "b"], at: Self.boundary + .seconds(60))
            stage.clock.advance(Self.boundary - Self.start + .seconds(3600))
            await #expect(throws: MigrationRefusal.store(.closed)) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await stage.order(.goBack(when: .now, customers: nil)) }
                    try await waitUntil("it is recorded") { stage.book.current["to-polar"].count == 2 }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            #expect(try await stage.store.lanes().isEmpty)
            stage.clock.advance(.seconds(3600))
            await stage.desk.returns.look()
            #expect(try await stage.refills() == [Self.second])
        }
    }

    @Test func `a backfill that another one holds up is started when that has ended`() async throws {
        try await with(keepFor: "1s") { (stage) async throws in
            try await move(stage)
            let order = BackfillOrder(provider: "lago", since: Self.start, isConfirmed: true)
            let other = try await stage.desk.backfills.start(order, by: try Stage.caller(Stage.boss)).backfills[0].lane
            let outcome = try await stage.order(.goBack(when: .now, customers: nil))
            #expect(
                outcome.refill?.backfills == [] && outcome.refill?.refusal?.contains("wait until it has ended") == true
            )
            stage.clock.advance(.milliseconds(100))
            await stage.desk.returns.look()
            #expect(try await stage.store.lanes().count == 1)
            _ = try await stage.store.change(other.number, .cancel, by: "boss", at: stage.clock.now)
            let membership = try #require(BackfillMembership(of: other))
            let lease = try await stage.store.lease(other.number, taking: membership)
            _ = try await stage.store.end(other.number, under: lease, at: stage.clock.now)
            await stage.desk.returns.look()
            #expect(try await stage.refills() == [Self.second, nil])
        }
    }

    // MARK: - Readiness

    @Test func `is in readyz once something was ordered, and not ready while it is held`() {
        func record(_ number: Int, _ action: MigrationEntry.Action, reason: String? = nil) -> MigrationRecord {
            MigrationRecord(
                migration: "m",
                entry: MigrationEntry(number: number, at: Timestamp(milliseconds: 0), action: action),
                reason: reason,
                actor: "ops"
            )
        }
        #expect(GatewayReadiness.migrationItem("m", at: "polar", []) == nil)
        let ramp = GatewayReadiness.migrationItem("m", at: "polar", [record(1, .ramp(share: 5))])
        #expect(ramp?.isReady == true && ramp?.provider == "polar" && ramp?.isEssential == false)
        #expect(ramp?.detail == "ramp by ops at 1970-01-01T00:00:00.000Z")
        let held = GatewayReadiness.migrationItem(
            "m",
            at: "polar",
            [record(1, .hold, reason: "B is slow"), record(2, .stage(.mirror))]
        )
        #expect(held?.isReady == false)
        #expect(
            held?.detail
                == "held by ops since 1970-01-01T00:00:00.000Z: B is slow; tollgate migrate resume m ends it"
        )
        let resumed = GatewayReadiness.migrationItem("m", at: "polar", [record(1, .hold), record(2, .resume)])
        #expect(resumed?.isReady == true)
    }
}
