import Access
import Events
import Foundation
import NIOHTTP1
import Synchronization
import Testing

@testable import Ingress

/// `GET /v1/clients` and `GET /v1/keys`.
@Suite struct ClientsEndpointTests {
    private static func client(_ name: String, _ members: String) -> String {
        #"{"name":"\#(name)","tenant":"house","key_sha256":"\#(KeyDigest(of: name + "-key").hexadecimal)",\#(members)}"#
    }

    private static let clients = [
        client("boss", #""scopes":["admin"]"#),
        client("hasty", #""scopes":["events:read"],"limits":{"requests":"3/h"}"#),
    ]

    @Test func `lists clients with their limits, and counts what was refused`() async throws {
        try await IngressFixture.with(clients: Self.clients) { (server) async throws in
            #expect(try await server.send(.GET, "/v1/clients", key: "hasty-key").status == 403)
            var statuses: [Int] = []
            while !statuses.contains(429) {
                statuses.append(try await server.send(.GET, "/v1/events", key: "hasty-key").status)
            }
            let answer = try await server.send(.GET, "/v1/clients", key: "boss-key")
            let clients = try #require(try answer.object["clients"] as? [[String: Any]])
            let hasty = try #require(clients.first { $0["name"] as? String == "hasty" })
            #expect(hasty["scopes"] as? [String] == ["events:read"] && hasty["tenant"] as? String == "house")
            let limits = hasty["limits"] as? [String: [String: Int]]
            #expect(limits == ["requests": ["count": 3, "per_ms": 3_600_000]])
            #expect(hasty["refused"] as? [String: Int] == ["rate_limited": 1, "forbidden": 1])
        }
    }

    @Test func `says how much of its limits a client uses`() async throws {
        try await IngressFixture.with(clients: Self.clients) { (server) async throws in
            func use(of name: String) async throws -> [String: Any] {
                let answer = try await server.send(.GET, "/v1/clients", key: "boss-key")
                let clients = try #require(try answer.object["clients"] as? [[String: Any]])
                return try #require(clients.first { $0["name"] as? String == name }?["use"] as? [String: Any])
            }
            let idle = try await use(of: "hasty")
            #expect(idle["requests_percent"] as? Int == 0 && idle["events_percent"] is NSNull)
            #expect(try await use(of: "boss")["requests_percent"] is NSNull)
            for _ in 1...2 { _ = try await server.send(.GET, "/v1/events", key: "hasty-key") }
            // Two of three, less what comes back meanwhile.
            #expect((1...67).contains(try await use(of: "hasty")["requests_percent"] as? Int ?? 0))
            try await server.capacity.asRead(of: "hasty") {
                let reads = try await use(of: "hasty")["reads"] as? [String: Int]
                #expect(reads == ["open": 1, "limit": 8])
            }
            try server.capacity.streams.withLock { try $0.take(for: "hasty") }
            #expect(try await use(of: "hasty")["streams"] as? [String: Int] == ["open": 1, "limit": 20])
        }
    }

    @Test func `says that there are no keys where they cannot be read`() async throws {
        try await IngressFixture.with(clients: Self.clients) { (server) async throws in
            let answer = try await server.send(.GET, "/v1/keys", key: "boss-key")
            #expect(answer.status == 503 && answer.headers.first(name: "retry-after") == "5")
        }
    }
}
