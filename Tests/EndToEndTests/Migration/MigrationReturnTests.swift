import Foundation
import TestSupport
import Testing

/// `tollgate migrate return` during the ramp, after the cut, and when the old vendor is no longer sent everything.
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

    private func write(_ migration: Migration, _ moment: Moment, anchor: Date?) throws {
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
                "boundary": boundary, "gates": ["window": "1h", "min_events": 1, "rejected": "100%"],
            ],
            mode: "mirror"
        )
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
                let order =
                    moment == .cut
                    ? ["migrate", "cut", "to-flexprice", "--at", Date().ISO8601Format()]
                    : ["migrate", "ramp", "to-flexprice", "--share", "100"]
                let despite = ["--despite", "unexplained,rejected,uncertain,backlog_age"]
                let ordered = try await migration.run(order + despite)
                #expect(ordered.code == 0, "\(ordered.text)")
                // The periods of all customers begin a moment after the order.
                let move = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.up) + 3)
                try write(migration, moment, anchor: move)
                try await migration.reload()
                try await waitUntil("all customers have moved") { Date() > move.addingTimeInterval(0.1) }
                var sent: [Sent] = []
                if moment == .afterKeep {
                    try await waitUntil("the old vendor gets nothing any more") {
                        sent.append(try await send(stage))
                        return sent.last?.recipients.values.allSatisfy { $0 == ["flexprice"] } ?? false
                    }
                }
                for _ in 0..<3 { sent.append(try await send(stage)) }

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
                let all = Set((sent + [after]).flatMap(\.ids))
                try await waitUntil("the old vendor has every event of the period") {
                    Set(try await stage.billed("lago")).isSuperset(of: all)
                }
                #expect(try await stage.billed("lago").count == all.count)
            }
        }
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
