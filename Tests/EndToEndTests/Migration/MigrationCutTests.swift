import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import TestSupport
import Testing

/// A migration from the first share to the last customer, day by day with the real program: both vendors' bills together have every event
/// once.
@Suite struct MigrationCutTests {
    private static let customers = Migration.rounds(93, soak: 1000)

    @Test(
        .enabled(if: FaultySystem.isAvailable, "the clock of a program is set by a preloaded library"),
        arguments: [("lago", "flexprice", 0), ("lago", "polar", 1), ("polar", "lago", 2)] as [(String, String, UInt64)]
    )
    func `puts every event on one bill, by its own time`(old: String, new: String, seed: UInt64) async throws {
        let scenario = try CutScenario(from: old, to: new, customers: Self.customers, seed: seed)
        try await withTemporaryFolder { folder in
            let system = try FaultySystem(in: folder)
            try await Self.set(system, in: folder) { (migration) async throws in
                try await Self.prepare(migration, scenario)
                try system.setClock(ahead: .seconds(scenario.start.timeIntervalSinceNow))
                let environment = Stage.credentials.merging(system.environment) { $1 }
                let gateway = try await migration.stage.startGateway(environment: environment)
                for step in scenario.steps { try await Self.play(step, migration, scenario, system) }
                try await gateway.stop()
                try await Self.checkBills(migration, scenario)
                try await Self.checkSimulatedBills(migration, scenario)
            }
        }
    }

    /// Simulated vendors whose clock is the gateway's.
    private static func set(_ system: FaultySystem, in folder: URL, _ body: (Migration) async throws -> Void)
        async throws
    {
        let sandbox = try ChildProcess(
            "tollgate",
            ["sandbox", "--listen", "127.0.0.1:0", "--log-format", "json"],
            environment: system.environment
        )
        do {
            let address = try await sandbox.waitForLine("the sandbox listens") { $0.address(of: "sandbox listening") }
            let stage = Stage(
                folder: folder,
                sandbox: WebClient(base: address),
                sandboxProcess: sandbox,
                port: try FreePort.find(),
                store: .embedded
            )
            try await body(Migration(stage: stage))
        } catch {
            try await sandbox.stop(by: SIGKILL)
            throw error
        }
        try await sandbox.stop(by: SIGKILL)
    }

    /// Writes the file with the migration, the anchors, and what is ordered in the days to come.
    private static func prepare(_ migration: Migration, _ scenario: CutScenario) async throws {
        let stage = migration.stage
        try migration.writeRoutes([scenario.old, scenario.new])
        let zone = scenario.customers[0].zone.identifier == "GMT" ? "UTC" : scenario.customers[0].zone.identifier
        let part = #"""
            "migrations": {"move": {"route": "all", "from": "\#(scenario.old)", "to": "\#(scenario.new)", "keep_for": "90d",
              "boundary": {"anchors": "anchors.csv", "timezone": "\#(zone)"}}},
            """#
        let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            .replacing(#""clients": [{"#, with: part + #""clients": [{"#)
        try Data(text.utf8).write(to: stage.routesFile)
        try Data(scenario.anchors.utf8).write(to: stage.folder.appending(path: "anchors.csv"))
        let store = try SQLiteEventStore(
            opening: stage.dataFolder,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        for (index, order) in CutScenario.shares.enumerated() {
            let at = scenario.start.addingTimeInterval(order.after).timeIntervalSince1970 * 1000
            let act = MigrationAct(
                migration: "move",
                number: index + 1,
                action: "ramp",
                detail: Array(#"{"share":\#(Int(order.share))}"#.utf8),
                plan: nil,
                actor: "test",
                keyID: nil,
                at: Timestamp(milliseconds: Int64(at))
            )
            let entry = AuditEntry(
                at: act.at,
                category: .administration,
                action: "migration: ramp",
                tenant: nil,
                actor: "test",
                keyID: nil,
                remoteAddress: nil,
                details: [:]
            )
            #expect(try await store.append(act, recording: entry))
        }
        await store.close()
    }

    /// Sends what comes at a step, and waits until both vendors have what they should have by then.
    private static func play(_ now: Date, _ migration: Migration, _ scenario: CutScenario, _ system: FaultySystem)
        async throws
    {
        try system.setClock(ahead: .seconds(now.timeIntervalSinceNow))
        let events = scenario.events.filter { $0.acceptance == now }
        if !events.isEmpty {
            let list = events.map { event in
                #"{"id":"\#(event.id)","name":"api_request","customer_id":"\#(event.customer.id)","#
                    + #""timestamp":\#(Int(event.time.timeIntervalSince1970)),"properties":{"units":1}}"#
            }
            let answer = try await migration.stage.client.post("/v1/events", "[\(list.joined(separator: ","))]")
            guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
        }
        for vendor in [scenario.old, scenario.new] {
            let expected = scenario.delivered(to: vendor, at: now)
            try await waitUntil("\(vendor) has \(expected) events at \(now)") {
                let counts = try await migration.stage.sandbox.get("/sandbox/\(vendor)/events?count=true").object()
                return counts["billed"] as? Int == expected
            }
        }
    }

    /// Compares the bills: a vendor that bills by the event's time has those of its time, and Polar those that came while it was of record.
    private static func checkBills(_ migration: Migration, _ scenario: CutScenario) async throws {
        let events = Dictionary(scenario.events.map { ($0.id, $0) }) { first, _ in first }
        var bills: [String: Set<String>] = [:]
        for vendor in [scenario.old, scenario.new] {
            let book = try await migration.stage.sandbox.get("/sandbox/\(vendor)/events").object()
            for entry in book["billed"] as? [[String: Any]] ?? [] {
                let names = ["transaction_id", "external_id", "event_id"]
                let id = try #require(names.lazy.compactMap { entry[$0] as? String }.first)
                let event = try #require(events[id], "\(vendor) has an event \(id)")
                let arrival = try #require((entry["_arrived_at"] as? String).flatMap(Self.date))
                let time = vendor == "polar" ? arrival : event.time
                if (time < event.customer.move) == (vendor == scenario.old) { bills[vendor, default: []].insert(id) }
            }
        }
        let (old, new) = (bills[scenario.old] ?? [], bills[scenario.new] ?? [])
        let ofOld = Set(scenario.events.filter(\.isOfRecordAtOld).map(\.id))
        let ofNew = Set(scenario.events.map(\.id)).subtracting(ofOld)
        #expect(old.intersection(new).isEmpty, "on both bills: \(old.intersection(new).sorted().prefix(5))")
        #expect(new == ofNew, "\(new.symmetricDifference(ofNew).sorted().prefix(5))")
        #expect(old == ofOld.subtracting(scenario.closed), "\(old.symmetricDifference(ofOld).sorted().prefix(5))")
        // The scenario must have what it is about.
        #expect(ofOld.count > 50 && ofNew.count > 50)
        #expect(scenario.closed.isEmpty == (scenario.old != "polar"))
    }

    /// Compares what the simulators bill by their own rules: each customer's events up to the move at the old vendor, and from it on at the
    /// new one.
    private static func checkSimulatedBills(_ migration: Migration, _ scenario: CutScenario) async throws {
        for vendor in [scenario.old, scenario.new] { try await makeBillable(migration, vendor, scenario) }
        var expected: [String: [String: Int]] = [:]
        for event in scenario.events where !scenario.closed.contains(event.id) {
            let vendor = event.isOfRecordAtOld ? scenario.old : scenario.new
            expected[vendor, default: [:]][event.customer.id, default: 0] += 1
        }
        var billed: [String: [String: Int]] = [:]
        for (move, customers) in Dictionary(grouping: scenario.customers, by: \.move) {
            let (time, ids) = (move.ISO8601Format(), Set(customers.map(\.id)))
            for (vendor, window) in [(scenario.old, "until=\(time)"), (scenario.new, "from=\(time)")] {
                let bill = try await migration.stage.sandbox.get("/sandbox/\(vendor)/bill?\(window)").object()
                #expect(bill["billed_by"] as? String == (vendor == "polar" ? "receipt" : "event_time"))
                for line in bill["lines"] as? [[String: Any]] ?? [] {
                    guard let customer = line["customer_id"] as? String, ids.contains(customer) else { continue }
                    billed[vendor, default: [:]][customer, default: 0] += line["events"] as? Int ?? 0
                }
            }
        }
        #expect(billed == expected)
    }

    /// What a vendor must have to bill the events: a metric, and at two vendors subscriptions since long ago.
    private static func makeBillable(_ migration: Migration, _ vendor: String, _ scenario: CutScenario) async throws {
        let start = scenario.start.addingTimeInterval(-60 * 86_400).ISO8601Format()
        switch vendor {
        case "lago":
            for customer in scenario.customers {
                try await migration.subscribe(customer.id, #","subscription_at":"\#(start)""#)
            }
        case "flexprice":
            try await migration.makeFlexpriceCount(of: "api_request")
            for customer in scenario.customers {
                try await migration.makeFlexpriceCustomer(customer.id)
                let subscription =
                    #"{"external_customer_id":"\#(customer.id)","plan_id":"plan_pro","currency":"usd","start_date":"\#(start)"}"#
                try await migration.post("flexprice", "/v1/subscriptions", subscription)
            }
        default:
            let clause = #"{"property":"name","operator":"eq","value":"api_request"}"#
            let meter =
                #"{"name":"m","aggregation":{"func":"count"},"filter":{"conjunction":"and","clauses":[\#(clause)]}}"#
            try await migration.post("polar", "/v1/meters/", meter)
        }
    }

    private static func date(_ text: String) -> Date? {
        try? Date(text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
    }
}
