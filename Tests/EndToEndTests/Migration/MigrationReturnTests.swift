import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import TestSupport
import Testing

/// Returns by `tollgate migrate return` and by a gate: during the ramp, after the cut, and when the old vendor is no longer sent everything.
@Suite struct MigrationReturnTests {
    private static let customers = (0..<7).map { "c\($0)" }

    /// When the return is ordered.
    enum Moment: String, CaseIterable {
        case ramp, cut
        case afterKeep = "after keep_for"
    }

    private struct Sent {
        let ids: [String]
        /// To which vendors each customer's event goes.
        let recipients: [String: Set<String>]
    }

    /// Sends one event of now for each customer.
    private func send(_ stage: Stage) async throws -> Sent {
        let round = UUID().uuidString
        let events = Self.customers.map { #"{"id":"\#(round)-\#($0)","name":"api","customer_id":"\#($0)"}"# }
        let answer = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
        guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
        var found: [String: Set<String>] = [:]
        for customer in Self.customers {
            found[customer] = Set(try await stage.statuses(of: "\(round)-\(customer)").keys)
        }
        return Sent(ids: Self.customers.map { "\(round)-\($0)" }, recipients: found)
    }

    /// - Parameter autoReturn: whether a single rejected event returns the customers.
    private func write(_ migration: Migration, _ moment: Moment, anchor: Date?, autoReturn: Bool = false) throws {
        var boundary: [String: Any] = ["otherwise": "month"]
        if let anchor {
            let rows = Self.customers.map { "\($0),\(anchor.ISO8601Format()),week" }
            let file = migration.stage.folder.appending(path: "anchors.csv")
            try Data((["customer_id,anchor,interval"] + rows).joined(separator: "\n").utf8).write(to: file)
            boundary["anchors"] = "anchors.csv"
        }
        try migration.writeMigration(
            [
                "keep": "all", "keep_for": moment == .afterKeep ? "1s" : "35d", "auto_hold": false,
                "auto_return": autoReturn, "boundary": boundary,
                "gates": ["window": "1h", "min_events": 1, "rejected": autoReturn ? "0.01%" : "100%"],
            ],
            mode: "mirror"
        )
    }

    /// Orders the move of all customers, which then takes place.
    /// - Returns: when it took place.
    private func order(_ migration: Migration, _ moment: Moment, despite: String, autoReturn: Bool = false) async throws
        -> Date
    {
        let order =
            moment == .cut
            ? ["migrate", "cut", "to-flexprice", "--at", Date().ISO8601Format()]
            : ["migrate", "ramp", "to-flexprice", "--share", "100"]
        let ordered = try await migration.run(order + ["--despite", despite])
        #expect(ordered.code == 0, "\(ordered.text)")
        // The periods of all customers begin a moment after the order.
        let move = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.up) + 3)
        try write(migration, moment, anchor: move, autoReturn: autoReturn)
        try await migration.reload()
        try await waitUntil("all customers have moved") { Date() > move.addingTimeInterval(0.1) }
        return move
    }

    /// Sends events that are on the new vendor's bill, after `keep_for` to that vendor alone.
    private func sendToNew(_ migration: Migration, _ moment: Moment) async throws -> [Sent] {
        var sent: [Sent] = []
        if moment == .afterKeep {
            try await waitUntil("the old vendor gets nothing any more") {
                sent.append(try await send(migration.stage))
                return sent.last?.recipients.values.allSatisfy { $0 == ["flexprice"] } ?? false
            }
        }
        for _ in 0..<3 { sent.append(try await send(migration.stage)) }
        return sent
    }

    /// Waits until the old vendor's bill has exactly these events.
    private func waitForOldBill(_ stage: Stage, _ ids: Set<String>) async throws {
        try await waitUntil("the old vendor has every event of the period") {
            Set(try await stage.billed("lago")).isSuperset(of: ids)
        }
        #expect(try await stage.billed("lago").count == ids.count)
    }

    private func backfills(_ stage: Stage) async throws -> [[String: Any]] {
        try await stage.client.get("/v1/backfills").object()["backfills"] as? [[String: Any]] ?? []
    }

    private static func date(_ text: String) -> Date? {
        try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    @Test(arguments: Moment.allCases)
    func `makes the old vendor of record again, fills what it lacks, and lists what the new one bills`(moment: Moment)
        async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration, moment, anchor: nil)
            try await stage.withGateway { _ async throws in
                let move = try await order(migration, moment, despite: "unexplained,rejected,uncertain,backlog_age")
                let sent = try await sendToNew(migration, moment)

                let back = try await migration.run(["migrate", "return", "to-flexprice", "--json"])
                #expect(back.code == 0, "\(back.text)")
                let outcome = try #require(
                    try JSONSerialization.jsonObject(with: Data(back.text.utf8)) as? [String: Any]
                )
                let after = try await send(stage)
                #expect(after.recipients.values.allSatisfy { $0.contains("lago") })

                // The list is what the new vendor's bill has.
                try await migration.waitForDeliveries(["lago", "flexprice"])
                let toVoid = try #require(outcome["to_void"] as? [String: Any])
                var listed: [String: Int] = [:]
                for customer in toVoid["customers"] as? [[String: Any]] ?? [] {
                    listed[customer["customer_id"] as? String ?? ""] = customer["events"] as? Int
                }
                let entry = try #require(outcome["entry"] as? [String: Any])
                let end = try #require((entry["effective_from"] as? String).flatMap(Self.date))
                #expect(listed == (try await billedAtNew(stage, from: move, through: end)))
                #expect(Set(listed.keys) == Set(Self.customers))

                // The old vendor's bill is complete.
                if moment == .afterKeep {
                    let refill = try #require(outcome["refill"] as? [String: Any])
                    #expect(refill["customers"] as? Int == Self.customers.count && refill["error"] is NSNull)
                    let backfills = try #require(refill["backfills"] as? [Int])
                    #expect(backfills.count == 1)
                    for backfill in backfills { try await migration.waitForBackfill(backfill) }
                } else {
                    #expect(outcome["refill"] is NSNull)
                }
                try await waitForOldBill(stage, Set((sent + [after]).flatMap(\.ids)))
            }
        }
    }

    @Test(arguments: Moment.allCases)
    func `a gate returns the customers, and fills what the old vendor lacks as an order does`(moment: Moment)
        async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration, moment, anchor: nil, autoReturn: true)
            try await stage.withGateway { (gateway) async throws in
                let before = try await send(stage)
                try await migration.waitForDeliveries(["lago", "flexprice"])
                // The gate that returns them is green, and not overridden.
                let despite = "unexplained,uncertain,backlog_age"
                _ = try await order(migration, moment, despite: despite, autoReturn: true)
                let sent = try await sendToNew(migration, moment)
                try await stage.setFaults("flexprice", #"{"poison":["refused-event"],"poison_status":422}"#)
                let refused = #"{"id":"refused-event","name":"api","customer_id":"c0"}"#
                #expect(try await stage.client.post("/v1/events", refused).status == 202)
                var log: [[String: Any]] = []
                try await waitUntil("the customers return") {
                    log =
                        try await stage.client.get("/v1/migrations/to-flexprice").object()["log"] as? [[String: Any]]
                        ?? []
                    return log.last?["action"] as? String == "return"
                }
                #expect(log.last?["actor"] as? String == "gateway", "\(log)")
                #expect((log.last?["reason"] as? String)?.hasPrefix("rejected is red") == true, "\(log)")
                let from = try #require(log.last?["effective_from"] as? String)
                let end = try #require(Self.date(from))
                try await waitUntil("the return holds") { Date() > end }
                let after = try await send(stage)
                #expect(after.recipients.values.allSatisfy { $0.contains("lago") })

                if moment == .afterKeep {
                    try await waitUntil("a backfill begins") { try await backfills(stage).count == 1 }
                    let backfill = try #require(try await backfills(stage).first)
                    #expect(backfill["provider"] as? String == "lago", "\(backfill)")
                    try await migration.waitForBackfill(try #require(backfill["id"] as? Int))
                } else {
                    _ = try await gateway.waitForLine("the return was followed to its end") {
                        $0.contains("customers have returned") ? true : nil
                    }
                    #expect(try await backfills(stage).isEmpty)
                }
                let all = ([before, after] + sent).flatMap(\.ids) + ["refused-event"]
                try await waitForOldBill(stage, Set(all))
            }
        }
    }

    @Test func `a return whose gateway died before the backfill began is made up for at the next start`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration, .afterKeep, anchor: nil)
            var gateway = try await stage.startGateway()
            _ = try await order(migration, .afterKeep, despite: "unexplained,rejected,uncertain,backlog_age")
            let sent = try await sendToNew(migration, .afterKeep)
            try await gateway.stop(by: SIGKILL)
            try await Self.recordReturn(number: 2, in: stage.dataFolder)

            gateway = try await stage.startGateway()
            try await waitUntil("a backfill begins") { try await backfills(stage).count == 1 }
            let backfill = try #require(try await backfills(stage).first?["id"] as? Int)
            try await migration.waitForBackfill(backfill)
            let after = try await send(stage)
            try await waitForOldBill(stage, Set((sent + [after]).flatMap(\.ids)))
            try await gateway.stop(by: SIGKILL)

            gateway = try await stage.startGateway()
            let last = try await send(stage)
            try await waitForOldBill(stage, Set((sent + [after, last]).flatMap(\.ids)))
            #expect(try await backfills(stage).count == 1, "it is made up for once")
            #expect(try await gateway.stop() == 0)
        }
    }

    /// What a gateway has written of a return when it dies at once.
    private static func recordReturn(number: Int, in folder: URL) async throws {
        let store = try SQLiteEventStore(
            opening: folder,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let act = MigrationAct(
            migration: "to-flexprice",
            number: number,
            action: "return",
            detail: Array(#"{"when":"now"}"#.utf8),
            plan: nil,
            actor: "demo",
            keyID: nil,
            at: now
        )
        let entry = AuditEntry(
            at: now,
            category: .administration,
            action: "migrations: return",
            tenant: nil,
            actor: "demo",
            keyID: nil,
            remoteAddress: nil,
            details: [:]
        )
        #expect(try await store.append(act, recording: entry))
        await store.close()
    }

    /// By customer, the new vendor's events of a time.
    private func billedAtNew(_ stage: Stage, from: Date, through end: Date) async throws -> [String: Int] {
        let book = try await stage.sandbox.get("/sandbox/flexprice/events").object()
        var counts: [String: Int] = [:]
        for event in book["billed"] as? [[String: Any]] ?? [] {
            let customer = try #require(event["external_customer_id"] as? String)
            let time = try #require((event["timestamp"] as? String).flatMap(Self.date))
            if from <= time, time <= end { counts[customer, default: 0] += 1 }
        }
        return counts
    }
}
