import Access
import ConfigurationFile
import Events
import Foundation
import JSON
import Journal
import JournalSQLite
import Logging
import Routing
import TestSupport
import Testing

@testable import Gateway
@testable import Ingress

/// Plans of a changed `routes.json`, on a real journal.
@Suite struct RoutesPlannerTests {
    private struct Stage {
        let planner: RoutesPlanner
        let reloader: RoutesReloader
        let clock: SetClock
        let store: SQLiteEventStore
        let folder: URL

        /// Makes a plan and waits for it.
        func plan(_ file: String, by client: Client = Self.operator, from: Timestamp? = nil, sample: Double = 100)
            async throws -> JSONValue
        {
            let order = PlanOrder(.file(Array(file.utf8)), clock: .accepted, from: from, until: nil, sample: sample)
            var answer = try await planner.plan(order, by: try Self.caller(client))
            let id = try #require(try root(answer)["id"]?.string)
            try await waitUntil("the plan is finished") {
                answer = try await planner.plan(id, for: client)
                return answer.isFinished
            }
            return try root(answer)
        }

        func root(_ answer: PlanAnswer) throws -> JSONValue { try JSONDocument(parsing: answer.json).root }

        static let `operator` = client("operator", "shop", .manageMigrations)
        static let rival = client("rival", "rival", .manageMigrations)
        static let admin = client("admin", "house", .admin)

        private static func client(_ name: ClientName, _ tenant: TenantID, _ scope: Scope) -> Client {
            Client(name: name, tenant: tenant, keys: [ClientKey(digest: KeyDigest(of: name.rawValue))], scopes: [scope])
        }

        static func caller(_ client: Client) throws -> Caller {
            Caller(try #require(KeyTable([client]).holder(of: KeyDigest(of: client.name.rawValue))), from: nil)
        }
    }

    private static let start = Timestamp(milliseconds: 1_767_225_600_000)

    private static func text(_ destinations: String, credential: String = #"{"env": "P"}"#) -> String {
        #"""
        {"version": 1, "providers": {
           "lago": {"adapter": "lago", "credential": {"env": "L"}},
           "polar": {"adapter": "polar", "credential": \#(credential)}},
         "routes": [{"name": "r", "to": [\#(destinations)]}],
         "clients": [{"name": "shop"}, {"name": "rival"}]}
        """#
    }

    private static let lago = #"{"provider": "lago", "subscription_id": "sub_{customer_id}"}"#
    private static let both = #"\#(lago), {"provider": "polar", "mode": "mirror"}"#

    /// A planner over a journal with 300 events of `shop` and 20 of `rival`, accepted a second apart from one another.
    private func with(_ body: (Stage) async throws -> Void) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "routes.json")
            let content = Array(Self.text(Self.lago).utf8)
            try Data(content).write(to: file)
            let reader = RoutesFile.reader(allowsInlineSecrets: false)
            let routes = CurrentRoutes(try reader.read(content).routes)
            let store = try SQLiteEventStore(opening: folder.appending(path: "data"), logger: quiet)
            try await append(to: store, under: routes.current.table)
            let clock = SetClock(Self.start + .seconds(3600))
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
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await planner.run() }
                try await body(Stage(planner: planner, reloader: reloader, clock: clock, store: store, folder: folder))
                group.cancelAll()
            }
            await store.close()
        }
    }

    private func append(to store: SQLiteEventStore, under table: RoutingTable) async throws {
        for (tenant, count) in [("shop", 300), ("rival", 20)] {
            let events = try (0..<count).map { number in
                let customer = number % 100 == 99 ? nil : "c\(number % 7)"
                let time = Self.start + .seconds(number)
                return AcceptedEvent(
                    CanonicalEvent(
                        name: "api",
                        customerID: customer,
                        subscriptionID: customer == nil ? "s" : nil,
                        timestamp: time
                    ),
                    id: EventID("e\(number)"),
                    in: Submission(
                        tenant: TenantID(tenant),
                        client: ClientName(tenant),
                        acceptedAt: time,
                        plan: try #require(
                            table.plan(
                                for: "api",
                                customerID: customer,
                                subscriptionID: nil,
                                at: time,
                                acceptedAt: time,
                                client: ClientName(tenant)
                            )
                        )
                    )
                )
            }
            _ = try await store.append(AppendRequest(events: events, policy: .each))
        }
    }

    private func integer(_ value: JSONValue?) -> Int64? { value?.int64 }

    @Test func `reads the journal and says what a file would do`() async throws {
        try await with { (stage) async throws in
            let plan = try await stage.plan(Self.text(Self.both))
            #expect(plan["status"]?.string == "done")
            #expect(plan["stale"]?.bool == false)
            #expect(plan["routes_changes"]?.elements.compactMap(\.string) == ["route r: changed: to"])
            let result = try #require(plan["result"])
            #expect(integer(result["events"]) == 300)
            let destinations = try #require(result["destinations"]).elements.map(\.self)
            #expect(destinations.map { $0["provider"]?.string } == ["lago", "polar"])
            #expect(integer(destinations[1]["added"]) == 300)
            #expect(integer(destinations[1]["untranslatable"]?["events"]) == 3)
            #expect(integer(destinations[1]["backfill"]?["events"]) == 297)
            #expect(integer(destinations[1]["peak"]?["events"]) == 60)
            // Nobody was asked to send anything.
            #expect(try await stage.store.backlog(of: "polar").events == 0)
        }
    }

    @Test func `begins with the window, and with what was there when it was asked for`() async throws {
        try await with { (stage) async throws in
            let plan = try await stage.plan(Self.text(Self.both), from: Self.start + .seconds(100))
            #expect(integer(plan["result"]?["events"]) == 200)
        }
    }

    @Test func `shows a client its tenant's events alone, and an administrator those of all`() async throws {
        try await with { (stage) async throws in
            let shops = try await stage.plan(Self.text(Self.both))
            #expect(shops["tenant"]?.string == "shop")
            let rivals = try await stage.plan(Self.text(Self.both), by: Stage.rival)
            #expect(integer(rivals["result"]?["events"]) == 20)
            let all = try await stage.plan(Self.text(Self.both), by: Stage.admin)
            #expect(integer(all["result"]?["events"]) == 320)
            for plan in [shops, all] {
                let id = try #require(plan["id"]?.string)
                await #expect(throws: PlanError.self) { _ = try await stage.planner.plan(id, for: Stage.rival) }
                #expect(try await stage.planner.plan(id, for: Stage.admin).isFinished)
            }
        }
    }

    @Test func `is the same plan for the same file, window, routes and journal, and another one otherwise`()
        async throws
    {
        try await with { (stage) async throws in
            let file = Self.text(Self.both)
            let first = try await stage.plan(file)["id"]?.string
            stage.clock.advance(.seconds(60))
            #expect(try await stage.plan(file)["id"]?.string == first)
            let others = [
                try await stage.plan(file + " ")["id"]?.string, try await stage.plan(file, sample: 50)["id"]?.string,
                try await stage.plan(file, from: Self.start)["id"]?.string,
                try await stage.plan(file, by: Stage.admin)["id"]?.string,
            ]
            #expect(Set(others + [first]).count == 5)
            try Data(Self.text(Self.both).utf8).write(to: stage.folder.appending(path: "routes.json"))
            _ = try await stage.reloader.reload(by: try Stage.caller(Stage.admin))
            #expect(try await stage.plan(file)["id"]?.string != first)
            let stale = try stage.root(try await stage.planner.plan(try #require(first), for: Stage.operator))
            #expect(stale["stale"]?.bool == true)
        }
    }

    @Test func `is kept for seven days`() async throws {
        try await with { (stage) async throws in
            let id = try #require(try await stage.plan(Self.text(Self.both))["id"]?.string)
            stage.clock.advance(.seconds(7 * 86_400 - 1))
            #expect(try await stage.planner.plan(id, for: Stage.operator).isFinished)
            stage.clock.advance(.seconds(1))
            await #expect(throws: PlanError.self) { _ = try await stage.planner.plan(id, for: Stage.operator) }
        }
    }

    @Test func `refuses a window that begins before the events that are kept, and a faulty file`() async throws {
        try await with { (stage) async throws in
            let early = PlanOrder(
                .file(Array(Self.text(Self.both).utf8)),
                clock: .accepted,
                from: Self.start + .seconds(-40 * 86_400),
                until: nil,
                sample: 100
            )
            await #expect(throws: PlanError.self) {
                _ = try await stage.planner.plan(early, by: try Stage.caller(Stage.operator))
            }
            await #expect(throws: PlanError.self) { _ = try await stage.plan(#"{"version": 1}"#) }
        }
    }

    @Test func `never reads a file or runs a program that the routes in force do not name`() async throws {
        try await with { (stage) async throws in
            let mark = stage.folder.appending(path: "mark")
            let program = #"{"command": ["/usr/bin/touch", "\#(mark.path)"]}"#
            let plan = try await stage.plan(Self.text(Self.both, credential: program))
            #expect(plan["status"]?.string == "done")
            #expect(!FileManager.default.fileExists(atPath: mark.path))
            // A pipe that nobody writes into would be read for ever.
            let pipe = stage.folder.appending(path: "pipe")
            #expect(mkfifo(pipe.path, 0o600) == 0)
            let waiting = try await stage.plan(Self.text(Self.both, credential: #"{"file": "\#(pipe.path)"}"#))
            #expect(waiting["status"]?.string == "done")
        }
    }
}
