import Access
import Events
import Journal
import JournalBehaviour
import NIOHTTP1
import OfRecord
import Routing
import TestSupport
import Testing

/// A retry must not send an event of before its customer's move to a vendor that bills by receipt: the old vendor has billed it.
@Suite struct RetryGuardTests {
    private static let now = SystemWallClock().now
    private static let day = Duration.seconds(86_400)

    /// A migration from `old` to `p`, which bills by receipt.
    /// - Parameter route: whose customers move; the dead letters are of the route `r`, which only has `p` if it is another.
    private static func routes(moving route: RouteName = "r") throws -> Routes {
        func vendor(_ name: AdapterName, _ billing: BillingClock) -> SampleAdapter {
            SampleAdapter(
                VendorTraits(
                    adapter: name,
                    vendor: "Acme",
                    defaultBaseURL: "https://acme.example",
                    credential: .query(name: "key"),
                    batch: BatchLimit(events: 1, bytes: 1),
                    deduplication: .none,
                    billing: billing
                )
            )
        }
        let others = route == "r" ? "" : #"{"name": "r", "match": {"name": "n"}, "to": [{"provider": "p"}]}, "#
        let text = #"""
            {"version": 1,
             "providers": {"old": {"adapter": "acme", "credential": {"env": "A"}},
                           "p": {"adapter": "tide", "credential": {"env": "B"}}},
             "routes": [\#(others){"name": "\#(route)", "to": [{"provider": "old"}, {"provider": "p", "mode": "mirror"}]}],
             "migrations": {"m": {"route": "\#(route)", "from": "old", "to": "p"}},
             "clients": [{"name": "operator", "tenant": "shop", "scopes": ["deliveries:manage"],
                          "key_sha256": "\#(KeyDigest(of: "operator-key").hexadecimal)"}]}
            """#
        let reader = RoutesReader(vendors: [vendor("acme", .eventTime), vendor("tide", .receipt)])
        return try reader.read(Array(text.utf8)).routes
    }

    /// Two dead letters at `p`: one of 200 days ago and one of now.
    private static func makeDeadLetters(_ server: IngressFixture) async throws {
        for (id, time) in [("before", now + (.zero - day * 200)), ("after", now)] {
            let event = #"{"id":"\#(id)","name":"n","customer_id":"c","timestamp":"\#(time.rfc3339)"}"#
            #expect(try await server.post(event).status == 202)
        }
        while let block = try await server.store.claimBlock(for: "p", limit: BlockLimit(events: 9, bytes: 1 << 20)) {
            let exceptions = block.deliveries.map {
                SettledDelivery(
                    sequence: $0.sequence,
                    status: .rejected,
                    fault: DeliveryFault(code: .invalidEvent, message: "refused")
                )
            }
            try await server.store.settle(Settlement(provider: "p", exceptions: exceptions))
        }
    }

    private static func retry(_ server: IngressFixture, _ body: String) async throws -> IngressFixture.Answer {
        try await server.send(
            .POST,
            "/v1/deliveries/retry",
            Array(body.utf8),
            headers: [("Content-Type", "application/json")],
            key: "operator-key"
        )
    }

    /// All customers of a route have moved, long after the first dead letter and long before the second.
    private static func move(_ route: RouteName, on server: IngressFixture) throws {
        server.routes.replace(by: try routes(moving: route))
        let ordered = now + (.zero - day * 100)
        let cut = MigrationEntry(number: 1, at: ordered, action: .cut(at: ordered))
        server.routes.replace(by: MigrationLogs(["m": MigrationLog([cut])], version: 1))
    }

    @Test func `is refused for events of before the move, and not for others`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await Self.makeDeadLetters(server)
            try Self.move("r", on: server)
            for body in [#"{"ids":["before"]}"#, #"{"all":true}"#, #"{"filter":{"provider":"p"},"dry_run":true}"#] {
                let refused = try await Self.retry(server, body)
                #expect(refused.status == 409, "\(body)")
                let type = try refused.object["type"] as? String
                #expect(type?.hasSuffix("billed-twice") ?? false, "\(type ?? "none")")
            }
            let retried = try await Self.retry(server, #"{"ids":["after"]}"#)
            #expect(try retried.object["changed"] as? Int == 1)
        }
    }

    @Test func `is allowed while nobody moves`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await Self.makeDeadLetters(server)
            server.routes.replace(by: try Self.routes())
            let retried = try await Self.retry(server, #"{"all":true}"#)
            #expect(try retried.object["changed"] as? Int == 2)
        }
    }

    @Test func `is allowed for events that only the new vendor was ever sent`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await Self.makeDeadLetters(server)
            try Self.move("moving", on: server)
            let retried = try await Self.retry(server, #"{"all":true}"#)
            #expect(retried.status == 200)
            #expect(try retried.object["changed"] as? Int == 2)
        }
    }
}
