import Access
import DeliveryEngine
import Events
import Journal
import NIOHTTP1
import Routing
import TestSupport
import Testing

@testable import Ingress

/// `/v1/backfills`: what its bodies mean, and who may ask.
@Suite struct BackfillEndpointTests {
    private static let manager =
        #"{"name":"m","key_sha256":"\#(KeyDigest(of: "m-key").hexadecimal)","scopes":["migrations:manage"]}"#

    private func with(
        _ backfills: ScriptedBackfills,
        _ body: (IngressFixture) async throws -> Void
    ) async throws {
        try await IngressFixture.with(clients: [Self.manager], backfills: backfills) { (server) async throws in
            try await body(server)
        }
    }

    private func send(
        _ server: IngressFixture,
        _ method: HTTPMethod,
        _ path: String,
        _ body: String = "",
        key: String = "m-key"
    ) async throws -> IngressFixture.Answer {
        let headers = [("Content-Type", "application/json")]
        return try await server.send(method, path, Array(body.utf8), headers: headers, key: key)
    }

    @Test func `reads an order with all that it may have`() async throws {
        let backfills = ScriptedBackfills()
        try await with(backfills) { (server) async throws in
            let body = #"""
                {"to": "p", "since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z", "names": ["a.*", "b"],
                 "customer_ids": ["c1"], "rate": 12.5, "without_live": true, "accept_unreadable": true, "confirmed": true}
                """#
            let answer = try await send(server, .POST, "/v1/backfills", body)
            #expect(answer.status == 201)
            let order = try #require(backfills.orders.first)
            #expect(order.provider == "p" && order.names == ["a.*", "b"] && order.customerIDs == ["c1"])
            #expect(order.since == Timestamp(rfc3339: "2026-01-01T00:00:00Z"))
            #expect(order.until == Timestamp(rfc3339: "2026-02-01T00:00:00Z"))
            #expect(order.rate == 12.5 && order.withoutLive && order.acceptsUnreadable && order.isConfirmed)
            #expect(try await send(server, .POST, "/v1/backfills", #"{"to":"p","since":"1d"}"#).status == 201)
            let plain = try #require(backfills.orders.last)
            #expect(plain.rate == 50 && plain.until == nil && !plain.withoutLive && !plain.isConfirmed)
        }
    }

    /// Routes with a migration to `p`.
    static func migrating(clients: [String] = []) throws -> Routes {
        let acme = SampleAdapter(
            VendorTraits(
                adapter: "acme",
                vendor: "Acme",
                api: VendorAPI(
                    defaultBaseURL: "https://acme.example",
                    credential: .query(name: "key")
                ),
                requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none)
            )
        )
        let text = #"""
            {"version": 1, "providers": {"old": {"adapter": "acme", "credential": {"env": "A"}},
                                         "p": {"adapter": "acme", "credential": {"env": "B"}}},
             "routes": [{"name": "r", "to": [{"provider": "old"}, {"provider": "p", "mode": "mirror"}]}],
             "migrations": {"move": {"route": "r", "from": "old", "to": "p"}},
             "clients": [\#(clients.joined(separator: ", "))]}
            """#
        return try RoutesReader(vendors: [acme]).read(Array(text.utf8)).routes
    }

    private func order(_ text: String, at now: Timestamp = Timestamp(milliseconds: 1_768_000_000_000)) throws
        -> BackfillOrder
    {
        try BackfillBody(Array(text.utf8), at: now, migrations: try Self.migrating().migrations).order
    }

    @Test func `takes the provider, and the running period, from a migration`() throws {
        let plain = try order(#"{"migration": "move", "since": "1d"}"#)
        #expect(plain.provider == "p" && plain.starts == nil)
        #expect(plain.since == Timestamp(milliseconds: 1_768_000_000_000 - 86_400_000))
        let period = try order(#"{"migration": "move", "since": "period", "names": ["a"]}"#)
        let month = Timestamp(rfc3339: "2026-01-01T00:00:00Z")
        #expect(period.provider == "p" && period.since == month && period.names == ["a"])
        #expect(period.starts == BackfillStarts(customers: [:], otherwise: month) && !period.withoutIncomplete)
        let rest = try order(#"{"migration": "move", "since": "period", "without_incomplete": true}"#)
        #expect(rest.withoutIncomplete)
    }

    @Test(arguments: [
        (#"{"to": "p", "since": "period"}"#, #""period" is for a "migration""#),
        (#"{"to": "p", "migration": "move", "since": "1d"}"#, #"name either "to" or "migration""#),
        (#"{"migration": "mov", "since": "1d"}"#, #"did you mean "move"?"#),
        (#"{"migration": "", "since": "1d"}"#, #""migration" must be the name of a migration"#),
        (#"{"migration": "move", "since": "perod"}"#, "must be a length of time"),
        (#"{"since": "1d"}"#, #""to" must be the name of a provider"#),
        (
            #"{"migration": "move", "since": "1d", "without_incomplete": true}"#,
            #""without_incomplete" is for "since": "period""#
        ),
    ])
    func `says what is wrong with the provider, or the period`(body: String, words: String) {
        let problem = #expect(throws: Problem.self) { try order(body) }
        #expect(problem?.detail.contains(words) ?? false, "\(problem?.detail ?? "")")
    }

    /// Orders that name a migration which there is not, and the one that there is.
    private static let named: [(path: String, body: String)] = [
        ("/v1/backfills", #"{"migration": "mov", "since": "1d"}"#),
        ("/v1/backfills", #"{"migration": "move", "since": "period"}"#),
        ("/v1/parity/runs", #"{"from": 1, "until": 2, "migration": "mov"}"#),
        ("/v1/parity/runs", #"{"from": 1, "until": 2, "migration": "move"}"#),
    ]

    @Test(arguments: named, [false, true])
    func `tells of a migration only to the tenant that alone uses its providers`(
        order: (path: String, body: String),
        isOthersToo: Bool
    ) async throws {
        try await with(ScriptedBackfills()) { (server) async throws in
            let rival = #"{"name": "rival", "key_sha256": "\#(KeyDigest(of: "rival-key").hexadecimal)"}"#
            server.routes.replace(by: try Self.migrating(clients: [Self.manager] + (isOthersToo ? [rival] : [])))
            let answer = try await send(server, .POST, order.path, order.body)
            let text = String(decoding: answer.body, as: UTF8.self)
            let isNamed = order.body.contains(#""move""#)
            #expect(text.contains("routes.json has no migration") == (isOthersToo || !isNamed), "\(text)")
            #expect(text.contains("did you mean") == (!isOthersToo && !isNamed), "\(text)")
        }
    }

    @Test(arguments: [
        "[]", "{}", #"{"to":"p"}"#, #"{"to":"","since":"1d"}"#, #"{"to":"p","since":"soon"}"#, #"{"to":"p","since":5}"#,
        #"{"to":"p","since":"1d","rate":0}"#, #"{"to":"p","since":"1d","rate":101}"#,
        #"{"to":"p","since":"1d","rate":"5"}"#,
        #"{"to":"p","since":"1d","names":"a"}"#, #"{"to":"p","since":"1d","names":[1]}"#,
        #"{"to":"p","since":"1d","dry_run":1}"#, #"{"to":"p","since":"1d","nmaes":[]}"#,
    ])
    func `refuses a body that says something else`(body: String) async throws {
        let backfills = ScriptedBackfills()
        try await with(backfills) { (server) async throws in
            #expect(try await send(server, .POST, "/v1/backfills", body).status == 400)
        }
        #expect(backfills.orders.isEmpty)
    }

    @Test func `pauses, resumes, cancels and changes the rate`() async throws {
        let backfills = ScriptedBackfills()
        try await with(backfills) { (server) async throws in
            for name in ["pause", "resume", "cancel"] {
                #expect(try await send(server, .POST, "/v1/backfills/1/\(name)").status == 200)
            }
            #expect(try await send(server, .PATCH, "/v1/backfills/1", #"{"rate":20}"#).status == 200)
            #expect(try await send(server, .PATCH, "/v1/backfills/1", #"{"rate":0.5}"#).status == 400)
            #expect(try await send(server, .PATCH, "/v1/backfills/1", #"{"speed":20}"#).status == 400)
            #expect(try await send(server, .POST, "/v1/backfills/9/pause").status == 404)
            #expect(try await send(server, .POST, "/v1/backfills/x/pause").status == 400)
            #expect(try await send(server, .GET, "/v1/backfills/9").status == 404)
            let shown = try await send(server, .GET, "/v1/backfills/1").object
            #expect(shown["held_by"] as? String == "live_backlog" && shown["current_rate"] as? Double == 25)
            let list = try await send(server, .GET, "/v1/backfills").object["backfills"] as? [[String: Any]]
            #expect(list?.compactMap { $0["id"] as? Int } == [2, 1])
        }
        #expect(backfills.changes == [.pause, .resume, .cancel, .rate(20), .pause])
    }

    @Test func `is for clients with the scope migrations:manage`() async throws {
        try await with(ScriptedBackfills()) { (server) async throws in
            for key in ["test-key", "read-key"] {
                #expect(try await send(server, .GET, "/v1/backfills", key: key).status == 403)
                #expect(
                    try await send(server, .POST, "/v1/backfills", #"{"to":"p","since":"1d"}"#, key: key).status == 403
                )
            }
        }
    }

    @Test(arguments: [
        (BackfillRefusal.noRoute("p"), 422), (.notLive("p"), 422), (.unconfirmed(effect: "It bills."), 422),
        (.sharedProvider("p"), 403), (.unknownProvider("p", known: ["q"]), 404),
        (.beforeRetention(since: Timestamp(milliseconds: 0), earliest: Timestamp(milliseconds: 1)), 422),
        (.store(.busy(retryAfter: .seconds(1))), 503),
    ])
    func `says why it is refused, and how to fix that`(refusal: BackfillRefusal, status: Int) async throws {
        try await with(ScriptedBackfills(refusing: refusal)) { (server) async throws in
            let answer = try await send(server, .POST, "/v1/backfills", #"{"to":"p","since":"1d"}"#)
            #expect(answer.status == status)
            if let message = refusal.message { #expect(try answer.object["detail"] as? String == message) }
        }
    }
}
