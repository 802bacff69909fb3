import Access
import Foundation
import NIOHTTP1
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

    @Test func `says that there are no keys where they cannot be read`() async throws {
        try await IngressFixture.with(clients: Self.clients) { (server) async throws in
            let answer = try await server.send(.GET, "/v1/keys", key: "boss-key")
            #expect(answer.status == 503 && answer.headers.first(name: "retry-after") == "5")
        }
    }
}
