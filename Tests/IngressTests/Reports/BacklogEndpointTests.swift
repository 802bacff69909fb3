import Access
import Foundation
import NIOHTTP1
import Testing

/// `GET /v1/providers/{name}/backlog`.
@Suite struct BacklogEndpointTests {
    private static let boss =
        #"{"name":"boss","key_sha256":"\#(KeyDigest(of: "boss-key").hexadecimal)","scopes":["admin"]}"#

    @Test func `shows what waits by age`() async throws {
        try await IngressFixture.with(clients: [Self.boss]) { (server) async throws in
            #expect(
                try await server.post(#"[{"name":"a","customer_id":"c"},{"name":"b","customer_id":"c"}]"#).status == 202
            )
            let answer = try await server.send(.GET, "/v1/providers/p/backlog", key: "boss-key")
            #expect(answer.status == 200)
            let object = try answer.object
            #expect(object["provider"] as? String == "p" && object["events"] as? Int == 2)
            #expect(object["events_not_looked_at"] as? Int == 0)
            let ages = try #require(object["ages"] as? [[String: Any]])
            #expect(ages.map { $0["up_to_seconds"] as? Int } == [60, 600, 3600, 86_400, nil])
            #expect(ages.compactMap { $0["events"] as? Int }.reduce(0, +) == 2)
        }
    }

    @Test func `shows it to those who see the provider, and names those there are`() async throws {
        try await IngressFixture.with(clients: [Self.boss]) { (server) async throws in
            #expect(try await server.send(.GET, "/v1/providers/p/backlog", key: "read-key").status == 403)
            let shared = try await server.send(.GET, "/v1/providers/p/backlog", key: "operator-key")
            #expect(shared.status == 404, "the account is shared with other tenants")
            let unknown = try await server.send(.GET, "/v1/providers/q/backlog", key: "boss-key")
            let detail = try unknown.object["detail"] as? String
            #expect(unknown.status == 404 && detail?.contains("p") == true)
        }
    }
}
