import Access
import AsyncHTTPClient
import Ingress
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

/// The search at the top of the dashboard's pages.
@Suite struct SearchTests {
    private static let clients = [
        ("boss", #"["admin"]"#), ("viewer", #"["dashboard","events:read"]"#),
    ].map { name, scopes in
        #"{"name":"\#(name)","tenant":"shop","key_sha256":"\#(KeyDigest(of: name).hexadecimal)","scopes":\#(scopes)}"#
    }

    /// Follows no redirect, because where one leads is the answer.
    private static let browser: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }()

    /// A gateway that knows an event `e1` of the customer `c1`, and an act with the request id `r1`.
    private func with(_ body: (IngressFixture) async throws -> Void) async throws {
        try await IngressFixture.with(clients: Self.clients, dashboard: DashboardSettings()) {
            (server) async throws in
            #expect(try await server.post(#"{"id":"e1","name":"n","customer_id":"c1"}"#).status == 202)
            let discard = try await server.send(
                .POST,
                "/v1/deliveries/discard",
                Array(#"{"all":true}"#.utf8),
                headers: [("X-Request-Id", "r1")],
                key: "boss"
            )
            #expect(discard.status == 200)
            try await body(server)
        }
    }

    /// Where a search leads.
    private static func found(_ text: String, by key: String, on server: IngressFixture) async throws -> String? {
        var signIn = HTTPClientRequest(url: server.address + "/dashboard/sign-in")
        signIn.method = .POST
        signIn.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        signIn.headers.add(name: "Sec-Fetch-Site", value: "same-origin")
        signIn.body = .bytes(ByteBuffer(string: "key=\(key)"))
        let answer = try await browser.execute(signIn, timeout: .seconds(300))
        let cookie = try #require(answer.headers.first(name: "Set-Cookie")).prefix { $0 != ";" }
        var search = HTTPClientRequest(url: server.address + "/dashboard/search?q=\(text)")
        search.headers.add(name: "Cookie", value: String(cookie))
        return try await browser.execute(search, timeout: .seconds(300)).headers.first(name: "Location")
    }

    @Test(arguments: [
        ("e1", "/dashboard/events/e1"), ("c1", "/dashboard/events?customer_id=c1"),
        ("r1", "/dashboard/log?request_id=r1"), ("r2", "/dashboard/events?customer_id=r2"),
    ])
    func `leads to an event, to a customer's events, or to what the log has of a request`(text: String, place: String)
        async throws
    {
        try await with { (server) async throws in
            #expect(try await Self.found(text, by: "boss", on: server) == place)
        }
    }

    @Test func `leads to a customer rather than to a request of the same name`() async throws {
        try await with { (server) async throws in
            #expect(try await server.post(#"{"id":"e2","name":"n","customer_id":"r1"}"#).status == 202)
            #expect(try await Self.found("r1", by: "boss", on: server) == "/dashboard/events?customer_id=r1")
        }
    }

    @Test func `tells nothing of the log to a client without the scope for it`() async throws {
        try await with { (server) async throws in
            #expect(try await Self.found("r1", by: "viewer", on: server) == "/dashboard/events?customer_id=r1")
        }
    }
}
