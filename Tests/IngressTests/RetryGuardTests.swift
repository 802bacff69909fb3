import Access
import AsyncHTTPClient
import Events
import Ingress
import Journal
import JournalBehaviour
import JournalSQLite
import NIOCore
import NIOHTTP1
import NIOPosix
import OfRecord
import Routing
import TestSupport
import Testing

/// A retry must not send an event of before its customer's move to a vendor that bills by receipt: the old vendor has billed it.
@Suite struct RetryGuardTests {
    static let now = SystemWallClock().now
    private static let day = Duration.seconds(86_400)

    /// A migration from `old` to `p`, which bills by receipt.
    /// - Parameter route: whose customers move; the dead letters are of the route `r`, which only has `p` if it is another.
    private static func routes(moving route: RouteName = "r") throws -> Routes {
        func vendor(_ name: AdapterName, _ billing: BillingClock) -> SampleAdapter {
            SampleAdapter(
                VendorTraits(
                    adapter: name,
                    vendor: "Acme",
                    api: VendorAPI(
                        defaultBaseURL: "https://acme.example",
                        credential: .query(name: "key")
                    ),
                    requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none),
                    billing: BillingTraits(clock: billing)
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
             "clients": [{"name": "shop", "key_sha256": "\#(KeyDigest(of: IngressFixture.key).hexadecimal)"},
                         {"name": "operator", "tenant": "shop", "scopes": ["deliveries:manage", "events:read", "dashboard"],
                          "key_sha256": "\#(KeyDigest(of: "operator-key").hexadecimal)"}]}
            """#
        let reader = RoutesReader(vendors: [vendor("acme", .eventTime), vendor("tide", .receipt)])
        return try reader.read(Array(text.utf8)).routes
    }

    /// Dead letters at each provider: by default one of 200 days ago and one of now.
    static func makeDeadLetters(
        _ server: IngressFixture,
        of events: [(id: String, time: Timestamp)] = [("before", now + (.zero - day * 200)), ("after", now)],
        at providers: [ProviderName] = ["p"]
    ) async throws {
        for (id, time) in events {
            let event = #"{"id":"\#(id)","name":"n","customer_id":"c","timestamp":"\#(time.rfc3339)"}"#
            #expect(try await server.post(event).status == 202)
        }
        let limit = BlockLimit(events: 9, bytes: 1 << 20)
        for provider in providers {
            while let block = try await server.store.claimBlock(for: provider, limit: limit) {
                let exceptions = block.deliveries.map {
                    SettledDelivery(
                        sequence: $0.sequence,
                        status: .rejected,
                        fault: DeliveryFault(code: .invalidEvent, message: "refused")
                    )
                }
                try await server.store.settle(Settlement(provider: provider, exceptions: exceptions))
            }
        }
    }

    private static func retry(_ server: IngressFixture, _ body: String) async throws -> IngressFixture.Answer {
        try await decide("retry", server, body)
    }

    private static func decide(_ action: String, _ server: IngressFixture, _ body: String) async throws
        -> IngressFixture.Answer
    {
        try await server.send(
            .POST,
            "/v1/deliveries/\(action)",
            Array(body.utf8),
            headers: [("Content-Type", "application/json")],
            key: "operator-key"
        )
    }

    /// All customers of a route have moved, long after the first dead letter and long before the second.
    static func move(_ route: RouteName, on server: IngressFixture) throws {
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

    @Test func `is not refused because of deliveries that no retry changes`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await Self.makeDeadLetters(server)
            try Self.move("r", on: server)
            let discarded = try await Self.decide("discard", server, #"{"ids":["before"]}"#)
            #expect(try discarded.object["changed"] as? Int == 1)
            for (statuses, changed) in [(#"["discarded"]"#, 0), (#"["discarded","rejected"]"#, 1)] {
                let retried = try await Self.retry(server, #"{"filter":{"status":\#(statuses)}}"#)
                #expect(retried.status == 200, "\(statuses)")
                #expect(try retried.object["changed"] as? Int == changed, "\(statuses)")
            }
        }
    }

    // MARK: - The dashboard

    /// Follows no redirect, as the answer to a form has the cookie or the result.
    private static let browser: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }()

    private static func submit(_ form: String, to path: String, on server: IngressFixture, _ cookie: String? = nil)
        async throws -> (response: HTTPClientResponse, text: String)
    {
        var request = HTTPClientRequest(url: server.address + "/dashboard" + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Sec-Fetch-Site", value: "same-origin")
        if let cookie { request.headers.add(name: "Cookie", value: cookie) }
        request.body = .bytes(ByteBuffer(string: form))
        let response = try await browser.execute(request, timeout: .seconds(300))
        return (response, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    @Test func `leaves out one provider on the dashboard, and no other`() async throws {
        try await IngressFixture.with(dashboard: DashboardSettings()) { (server) async throws in
            server.routes.replace(by: try Self.routes())
            try await Self.makeDeadLetters(server, at: ["old", "p"])
            try Self.move("r", on: server)
            let signedIn = try await Self.submit("key=operator-key", to: "/sign-in", on: server)
            let field = try #require(signedIn.response.headers.first(name: "Set-Cookie"))
            let cookie = String(field.prefix { $0 != ";" })
            let all = "action=retry&scope=all&status=rejected"
            let plan = try await Self.submit(all, to: "/problems/plan", on: server, cookie)
            #expect(plan.response.status == .ok)
            #expect(plan.text.contains("Retry 2 deliveries"), "\(plan.text)")
            #expect(plan.text.contains("p is left out: the event"), "\(plan.text)")
            let act = try await Self.submit(all + "&expected=2", to: "/problems/act", on: server, cookie)
            #expect(act.response.status == .seeOther, "\(act.text)")
            let left = DeliveryFilter(tenant: "shop", statuses: [.rejected])
            let deliveries = try await server.store.deliveries(matching: left, after: nil, limit: 9).deliveries
            #expect(deliveries.map(\.delivery.provider) == ["p", "p"])
            // Where it is the only one, the page says why nothing would change.
            let alone = try await Self.submit(all + "&provider=p", to: "/problems/plan", on: server, cookie)
            #expect(alone.response.status == .ok)
            #expect(alone.text.contains("p is left out: the event") && !alone.text.contains("Nothing would change"))
        }
    }
}
