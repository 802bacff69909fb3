import Foundation
import PostgresServer
import TestSupport
import Testing

/// One migration, and two gateways over one journal.
@Suite(.serialized) struct SharedStoreMigrationTests {
    private static let customers = (0..<20).map { "c\($0)" }
    private static let despite = ["--despite", "unexplained,rejected,uncertain,backlog_age"]

    private func write(_ migration: Migration, anchor: Date? = nil) throws {
        var boundary: [String: Any] = ["otherwise": "month"]
        if let anchor {
            let rows = Self.customers.map { "\($0),\(anchor.ISO8601Format()),week" }
            let file = migration.stage.folder.appending(path: "anchors.csv")
            try Data((["customer_id,anchor,interval"] + rows).joined(separator: "\n").utf8).write(to: file)
            boundary["anchors"] = "anchors.csv"
        }
        try migration.writeMigration(
            [
                "keep": "late", "auto_hold": false, "boundary": boundary,
                "gates": ["window": "1h", "min_events": 1, "rejected": "100%"],
            ],
            mode: "mirror"
        )
    }

    /// Sends one event of now for each customer through a gateway.
    /// - Returns: the customers whose events go to the new vendor alone.
    private func moved(through stage: Stage) async throws -> Set<String> {
        let round = UUID().uuidString
        let events = Self.customers.map { #"{"id":"\#(round)-\#($0)","name":"api","customer_id":"\#($0)"}"# }
        let answer = try await stage.client.postPatiently("/v1/events", "[\(events.joined(separator: ","))]")
        guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
        var moved: Set<String> = []
        for customer in Self.customers {
            let recipients = try await stage.statuses(of: "\(round)-\(customer)").keys
            if Set(recipients) == ["flexprice"] { moved.insert(customer) }
        }
        return moved
    }

    private func isHeld(at stage: Stage) async throws -> Bool {
        try await stage.client.get("/v1/migrations/to-flexprice").object()["hold"] is [String: Any]
    }

    @Test func `both agree over who is of record during a ramp, and a hold at one takes effect at the other`()
        async throws
    {
        try await Stage.set(over: try await .database()) { (stage) async throws in
            let (first, second) = (Migration(stage: stage), Migration(stage: try stage.another("other")))
            try write(first)
            try await first.stage.withGateway { _ async throws in
                try await second.stage.withGateway { _ async throws in
                    let ramp = ["migrate", "ramp", "to-flexprice", "--share", "50"]
                    let ordered = try await first.run(ramp + Self.despite)
                    #expect(ordered.code == 0, "\(ordered.text)")
                    try write(first, anchor: Date().addingTimeInterval(4))
                    for migration in [first, second] { try await migration.reload() }
                    try await waitUntil("the ramp moves customers at both") {
                        let (one, other) = (
                            try await moved(through: first.stage), try await moved(through: second.stage)
                        )
                        return !one.isEmpty && one == other
                    }
                    let half = try await moved(through: second.stage)
                    #expect((1..<Self.customers.count).contains(half.count))

                    #expect(try await second.run(["migrate", "hold", "to-flexprice"]).code == 0)
                    try await waitUntil("the other gateway knows of the hold") { try await isHeld(at: first.stage) }
                    let refused = try await first.run(
                        ["migrate", "ramp", "to-flexprice", "--share", "100"] + Self.despite
                    )
                    #expect(refused.code == 1 && refused.text.contains("is held since"), "\(refused.text)")
                    for migration in [first, second] {
                        #expect(try await moved(through: migration.stage) == half)
                    }
                    #expect(try await first.run(["migrate", "return", "to-flexprice"]).code == 0)
                    try await waitUntil("all are with the old vendor at both") {
                        let (one, other) = (
                            try await moved(through: first.stage), try await moved(through: second.stage)
                        )
                        return one.isEmpty && other.isEmpty
                    }
                }
            }
        }
    }
}
