import Access
import AsyncHTTPClient
import DeliveryEngine
import Events
import Foundation
import Journal
import JournalBehaviour
import JournalSQLite
import NIOCore
import NIOHTTP1
import Routing
import TestSupport
import Testing

@Suite struct StreamTests {
    /// The messages of a stream, until `count` of them have come.
    private func messages(
        _ server: IngressFixture,
        _ count: Int,
        query: String = "",
        lastID: String? = nil,
        whenConnected: @Sendable () async throws -> Void = {}
    ) async throws -> [String] {
        var request = HTTPClientRequest(url: server.address + "/v1/events/stream" + query)
        request.headers.add(name: "Authorization", value: "Bearer \(IngressFixture.key)")
        if let lastID { request.headers.add(name: "Last-Event-ID", value: lastID) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        #expect(response.status == .ok)
        #expect(response.headers.first(name: "content-type") == "text/event-stream")
        var text = ""
        var isConnected = false
        for try await part in response.body {
            text += String(buffer: part)
            if !isConnected, text.contains(": connected\n\n") {
                isConnected = true
                try await whenConnected()
            }
            let found = text.components(separatedBy: "\n\n").dropLast().filter { !$0.hasPrefix(":") }
            if found.count >= count { return Array(found) }
        }
        throw ConditionNeverHeld(description: "the stream ended with \(text)")
    }

    private func post(_ server: IngressFixture, _ id: String, name: String = "n") async throws {
        let event = #"{"id":"\#(id)","name":"\#(name)","customer_id":"c"}"#
        #expect(try await server.post(event).status == 202)
    }

    private func settle(_ server: IngressFixture) async throws {
        let block = try await server.store.claimBlock(for: "p", limit: BlockLimit(events: 1, bytes: 1))
        let claimed = try #require(block?.deliveries.first)
        let attempt = Attempt(
            at: claimed.event.acceptedAt,
            latency: .milliseconds(3),
            httpStatus: 202,
            status: .delivered
        )
        let settlement = Settlement(
            provider: "p",
            delivered: [DeliveredRun(sequences: [claimed.sequence], attempt: attempt)]
        )
        try await server.store.settle(settlement)
        server.watch.publish(settlement)
    }

    @Test func `shows new events and settlements as they happen`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await post(server, "before")
            let found = try await messages(server, 2) {
                try await post(server, "a")
                try await settle(server)
            }
            #expect(found.contains { $0.hasPrefix("id: 2\nevent: accepted\ndata: {\"id\":\"a\"") })
            // The oldest waiting event is delivered first, and that one came before the stream.
            let settled = try #require(found.first { $0.hasPrefix("event: settled") })
            #expect(settled.contains(#""id":"before""#) && settled.contains(#""status":"delivered""#))
        }
    }

    @Test func `goes on behind the last message that came`() async throws {
        try await IngressFixture.with { (server) async throws in
            for number in 1...5 { try await post(server, "e\(number)", name: number % 2 == 0 ? "even" : "odd") }
            let found = try await messages(server, 3, lastID: "2")
            #expect(found.map { $0.prefix(6) } == ["id: 3\n", "id: 4\n", "id: 5\n"])
            let odd = try await messages(server, 3, query: "?name=odd", lastID: "0")
            #expect(odd.map { $0.prefix(6) } == ["id: 1\n", "id: 3\n", "id: 5\n"])
        }
    }

    @Test func `keeps a value that came over several lines on one`() async throws {
        try await IngressFixture.with { (server) async throws in
            let event = "{\"name\":\"n\",\"customer_id\":\"c\",\"properties\":{\n\"a\":\r\n1}}"
            #expect(try await server.post(event).status == 202)
            let found = try await messages(server, 1, lastID: "0")
            #expect(found.first?.components(separatedBy: "\n").count == 3)
        }
    }

    @Test func `refuses parameters that a stream cannot have`() async throws {
        try await IngressFixture.with { (server) async throws in
            for query in ["provider=p", "delivery_status=pending", "limit=3"] {
                #expect(try await server.send(.GET, "/v1/events/stream?\(query)").status == 400)
            }
            for id in ["x", "-1", "9223372036854775807", "1152921504606846976", "1e3", "99999999999999999999"] {
                let answer = try await server.send(.GET, "/v1/events/stream", headers: [("Last-Event-ID", id)])
                #expect(answer.status == 400, "\(id)")
            }
        }
    }

    @Test func `begins with what comes from now on behind a number that was never given`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await post(server, "before")
            let found = try await messages(server, 1, lastID: "1152921504606846975") { try await post(server, "a") }
            #expect(found.first?.hasPrefix("id: 2\n") == true)
        }
    }

    @Test func `ends when its key is revoked, expires or loses its scope, and then shows nothing more`() async throws {
        let digest = KeyDigest(of: "stream-key").hexadecimal
        for change in [ClientChange.removed, .scopes([.writeEvents]), .tenant("another")] {
            let client = #"{"name":"follower","tenant":"shop","key_sha256":"\#(digest)"}"#
            try await IngressFixture.with(clients: [client]) { (server) async throws in
                var request = HTTPClientRequest(url: server.address + "/v1/events/stream")
                request.headers.add(name: "Authorization", value: "Bearer stream-key")
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
                #expect(response.status == .ok)
                try await post(server, "seen")
                var text = ""
                var isChanged = false
                for try await part in response.body {
                    text += String(buffer: part)
                    guard !isChanged, text.contains(#""id":"seen""#) else { continue }
                    isChanged = true
                    let routes = server.routes.current.routes
                    server.routes.replace(by: change.applied(to: routes))
                    try await post(server, "unseen")
                }
                // The body has ended, though the gateway runs and the client stayed.
                #expect(isChanged && !text.contains("unseen"), "\(text)")
            }
        }
    }

    @Test func `ends at the moment at which its key expires`() async throws {
        try await IngressFixture.with { (server) async throws in
            func give(_ end: Timestamp?) {
                let key = ClientKey(id: "short", digest: KeyDigest(of: "short-key"), expires: end)
                let stored = StoredKey(client: "shop", key: key, created: Timestamp(milliseconds: 0))
                server.routes.replace(by: StoredKeys([stored]))
            }
            give(nil)
            var request = HTTPClientRequest(url: server.address + "/v1/events/stream")
            request.headers.add(name: "Authorization", value: "Bearer short-key")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
            #expect(response.status == .ok)
            let end = SystemWallClock().now + .milliseconds(500)
            give(end)
            for try await _ in response.body {}
            #expect(SystemWallClock().now >= end)
        }
    }
}

/// What becomes of the client "follower" in a changed `routes.json`.
enum ClientChange {
    case removed
    case scopes(Set<Scope>)
    case tenant(TenantID)

    func applied(to routes: Routes) -> Routes {
        let clients = routes.clients.compactMap { client -> Client? in
            guard client.name == "follower" else { return client }
            switch self {
            case .removed: return nil
            case .scopes(let scopes):
                return Client(name: client.name, tenant: client.tenant, keys: client.keys, scopes: scopes)
            case .tenant(let tenant):
                return Client(name: client.name, tenant: tenant, keys: client.keys, scopes: client.scopes)
            }
        }
        return Routes(providers: routes.providers, routes: routes.routes, clients: clients)
    }
}
