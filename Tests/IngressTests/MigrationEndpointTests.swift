import Access
import Events
import Journal
import Migration
import NIOHTTP1
import OfRecord
import Testing

/// `/v1/migrations`: what orders mean, and who may give and see them.
@Suite struct MigrationEndpointTests {
    private static let manager =
        #"{"name":"m","key_sha256":"\#(KeyDigest(of: "m-key").hexadecimal)","scopes":["migrations:manage"]}"#
    private static let path = "/v1/migrations/to-q/actions"

    private func with(
        _ migrations: ScriptedMigrations = ScriptedMigrations(),
        _ body: (IngressFixture) async throws -> Void
    ) async throws {
        try await IngressFixture.with(clients: [Self.manager], migrations: migrations) { (server) async throws in
            try await body(server)
        }
    }

    private func order(_ server: IngressFixture, _ body: String, key: String = "m-key") async throws
        -> IngressFixture.Answer
    {
        let headers = [("Content-Type", "application/json")]
        return try await server.send(.POST, Self.path, Array(body.utf8), headers: headers, key: key)
    }

    @Test func `reads every order with all that it may have`() async throws {
        let time = try #require(Timestamp(rfc3339: "2027-01-01T00:00:00Z"))
        let cases: [(String, MigrationOrder)] = [
            (#"{"action": "start"}"#, MigrationOrder(.start(.shadow))),
            (#"{"action": "start", "stage": "mirror"}"#, MigrationOrder(.start(.mirror))),
            (#"{"action": "stage", "stage": "mirror", "plan": null}"#, MigrationOrder(.stage(.mirror))),
            (
                #"{"action": "ramp", "share": 12.5, "plan": "p1", "reason": "why", "despite": ["usage", "uncertain"]}"#,
                MigrationOrder(.ramp(share: 12.5), plan: "p1", reason: "why", despite: [.usage, .uncertain])
            ),
            (#"{"action": "cut", "at": "2027-01-01T00:00:00Z"}"#, MigrationOrder(.cut(at: time))),
            (#"{"action": "hold", "dry_run": true}"#, MigrationOrder(.hold, isDryRun: true)),
            (#"{"action": "resume"}"#, MigrationOrder(.resume)),
            (#"{"action": "return"}"#, MigrationOrder(.goBack(when: .now, customers: nil))),
            (
                #"{"action": "return", "when": "boundary", "customer_ids": ["a", "b", "a"]}"#,
                MigrationOrder(.goBack(when: .boundary, customers: ["a", "b"]))
            ),
            (#"{"action": "close", "dry_run": false}"#, MigrationOrder(.close)),
        ]
        let migrations = ScriptedMigrations()
        try await with(migrations) { (server) async throws in
            for (body, expected) in cases {
                #expect(try await order(server, body).status == 200, "\(body)")
                #expect(migrations.orders.last == expected, "\(body)")
            }
        }
    }

    @Test(arguments: [
        "[]", "{", "{}", #"{"action": "leap"}"#, #"{"action": 5}"#, #"{"action": "ramp"}"#,
        #"{"action": "ramp", "share": 0}"#, #"{"action": "ramp", "share": 100.1}"#,
        #"{"action": "ramp", "share": "5"}"#,
        #"{"action": "ramp", "share": 1e999}"#, #"{"action": "cut"}"#, #"{"action": "cut", "at": "tomorrow"}"#,
        #"{"action": "stage"}"#, #"{"action": "stage", "stage": "off"}"#, #"{"action": "start", "stage": null}"#,
        #"{"action": "hold", "share": 5}"#, #"{"action": "hold", "despite": "usage"}"#,
        #"{"action": "resume", "despite": ["weather"]}"#, #"{"action": "resume", "dry_run": 1}"#,
        #"{"action": "return", "when": "soon"}"#, #"{"action": "return", "customer_ids": []}"#,
        #"{"action": "return", "customer_ids": [""]}"#, #"{"action": "return", "customer_ids": [1]}"#,
        #"{"action": "hold", "reason": ""}"#, #"{"action": "hold", "plan": 5}"#,
    ])
    func `refuses an order that says something else`(body: String) async throws {
        let migrations = ScriptedMigrations()
        try await with(migrations) { (server) async throws in
            let answer = try await order(server, body)
            #expect(answer.status == 400)
        }
        #expect(migrations.orders.isEmpty)
    }

    @Test func `limits what one order may name`() async throws {
        let customers = (0...MigrationOrder.mostCustomers).map { #""c\#($0)""# }
        let migrations = ScriptedMigrations()
        try await with(migrations) { (server) async throws in
            func send(_ list: some Collection<String>) async throws -> Int {
                try await order(server, #"{"action": "return", "customer_ids": [\#(list.joined(separator: ","))]}"#)
                    .status
            }
            #expect(try await send(customers) == 400)
            #expect(try await send(customers.dropLast()) == 200)
            let long = String(repeating: "x", count: MigrationOrder.reasonLimitBytes)
            #expect(try await order(server, #"{"action": "hold", "reason": "\#(long)"}"#).status == 200)
            #expect(try await order(server, #"{"action": "hold", "reason": "\#(long)x"}"#).status == 400)
        }
    }

    @Test func `answers with the entry, the migration and what must be voided`() async throws {
        try await with { (server) async throws in
            let answer = try await order(server, #"{"action": "ramp", "share": 5, "reason": "try"}"#).object
            #expect(answer["dry_run"] as? Bool == false)
            let entry = try #require(answer["entry"] as? [String: Any])
            #expect(entry["action"] as? String == "ramp" && entry["share"] as? Int == 5)
            #expect(entry["actor"] as? String == "m" && entry["reason"] as? String == "try")
            let migration = try #require(answer["migration"] as? [String: Any])
            #expect(migration["stage"] as? String == "ramp" && migration["share_percent"] as? Int == 5)
            #expect((answer["to_void"] as? [String: Any])?["provider"] as? String == "q")
        }
    }

    @Test func `shows migrations to readers, and takes orders from those that may give them`() async throws {
        let migrations = ScriptedMigrations()
        try await with(migrations) { (server) async throws in
            let list = try await server.send(.GET, "/v1/migrations", key: "read-key")
            #expect(list.status == 200)
            #expect((try list.object["migrations"] as? [[String: Any]])?.map { $0["name"] as? String } == ["to-q"])
            #expect(try await server.send(.GET, "/v1/migrations/to-q", key: "read-key").status == 200)
            #expect(try await server.send(.GET, "/v1/migrations/other", key: "read-key").status == 404)
            #expect(try await server.send(.GET, "/v1/migrations", key: "m-key").status == 403)
            #expect(try await order(server, #"{"action": "hold"}"#, key: "read-key").status == 403)
        }
        #expect(migrations.orders.isEmpty)
    }

    @Test func `shows what each provider got per day, and who moves next`() async throws {
        try await with { (server) async throws in
            let answer = try await server.send(.GET, "/v1/migrations/to-q/days", key: "read-key")
            #expect(answer.status == 200)
            let object = try answer.object
            #expect(object["from"] as? String == "p" && object["to"] as? String == "q")
            #expect(object["days_not_counted"] as? Int == 3)
            let day = try #require((object["days"] as? [[String: Any]])?.first)
            #expect(day["day"] as? String == "2026-12-23")
            let from = try #require(day["from"] as? [String: Int])
            #expect(from["planned"] == 2 && from["delivered"] == 1 && from["rejected"] == 1 && from["backfilled"] == 1)
            #expect((day["to"] as? [String: Int])?["planned"] == 0)
            #expect(try await server.send(.GET, "/v1/migrations/other/days", key: "read-key").status == 404)
            #expect(try await server.send(.GET, "/v1/migrations/to-q/days", key: "m-key").status == 403)
            let ramp = try await order(server, #"{"action": "ramp", "share": 5}"#).object
            let moves = (ramp["migration"] as? [String: Any])?["next_moves"] as? [String: Any]
            let time = try #require((moves?["times"] as? [[String: Any]])?.first)
            #expect(time["at"] as? String == "2027-01-01T00:00:00.000Z" && time["to"] as? String == "to")
            #expect(time["customers_without_anchor"] as? Bool == true && time["customers"] as? Int == 0)
        }
    }

    @Test(
        arguments: [
            (MigrationRefusal.unknown("to-q"), 404, "unknown-migration"), (.unknownPlan("p"), 404, "unknown-plan"),
            (.stalePlan("p", .logChanged), 409, "stale-plan"), (.unfinishedPlan("p"), 409, "unfinished-plan"),
            (.overtaken, 409, "overtaken"), (.gates([]), 409, "gates-not-green"), (.notStarted, 409, "wrong-state"),
            (.full(limit: 900), 409, "wrong-state"), (.planFile(reason: "secret"), 503, "store-failed"),
            (.store(.closed), 503, "shutting-down"),
        ] as [(MigrationRefusal, Int, String)]
    )
    func `says why an order is refused`(refusal: MigrationRefusal, status: Int, kind: String) async throws {
        try await with(ScriptedMigrations(refusing: refusal)) { (server) async throws in
            let answer = try await order(server, #"{"action": "hold"}"#)
            #expect(answer.status == status)
            let object = try answer.object
            #expect(object["type"] as? String == "urn:tollgate:problem:\(kind)")
            #expect("\(object["detail"] ?? "")".count > 10 && !"\(object["detail"] ?? "")".contains("secret"))
        }
    }
}
