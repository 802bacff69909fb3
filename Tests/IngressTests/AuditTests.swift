import Access
import Events
import Foundation
import Ingress
import Journal
import NIOHTTP1
import Routing
import TestSupport
import Testing

/// The audit log, the access log and what readiness tells whom.
@Suite struct AuditTests {
    private static let admin =
        #"{"name":"boss","tenant":"house","keys":[{"id":"boss-1","sha256":"\#(KeyDigest(of: "boss-key").hexadecimal)"}],"scopes":["admin"]}"#

    private func entries(_ server: IngressFixture, _ query: String = "") async throws -> [[String: Any]] {
        let answer = try await server.send(.GET, "/v1/log" + query, key: "boss-key")
        #expect(answer.status == 200)
        return try answer.object["entries"] as? [[String: Any]] ?? []
    }

    @Test func `keeps administrative acts with client, key and address, and gives them in pages`() async throws {
        try await IngressFixture.with(clients: [Self.admin]) { (server) async throws in
            for _ in 0..<3 {
                let answer = try await server.send(
                    .POST,
                    "/v1/deliveries/discard",
                    Array(#"{"all":true}"#.utf8),
                    key: "boss-key"
                )
                #expect(answer.status == 200)
            }
            let first = try await server.send(.GET, "/v1/log?limit=2&category=administration", key: "boss-key").object
            let page = try #require(first["entries"] as? [[String: Any]])
            #expect(page.count == 2)
            let entry = try #require(page.first)
            #expect(entry["action"] as? String == "deliveries: discard")
            #expect(entry["actor"] as? String == "boss" && entry["key_id"] as? String == "boss-1")
            #expect(entry["tenant"] as? String == "house" && entry["remote_address"] as? String == "127.0.0.1")
            let cursor = try #require(first["next_cursor"] as? String)
            #expect(try await entries(server, "?limit=2&category=administration&cursor=\(cursor)").count == 1)
            #expect(try await entries(server, "?actor=nobody").isEmpty)
        }
    }

    @Test func `finds an act by the id of its request, which its answer has`() async throws {
        try await IngressFixture.with(clients: [Self.admin]) { (server) async throws in
            var ids: [String] = []
            for _ in 0..<2 {
                let answer = try await server.send(
                    .POST,
                    "/v1/deliveries/discard",
                    Array(#"{"all":true}"#.utf8),
                    key: "boss-key"
                )
                ids.append(try #require(answer.headers.first(name: "X-Request-Id")))
            }
            for id in ids {
                let found = try await entries(server, "?request_id=\(id)")
                #expect(found.map { ($0["details"] as? [String: String])?["request_id"] } == [id])
            }
            #expect(try await entries(server, "?request_id=other").isEmpty)
        }
    }

    @Test func `finds a refusal by the id of its request, which its answer has`() async throws {
        try await IngressFixture.with(clients: [Self.admin]) { (server) async throws in
            for (key, status) in [("planted-key", 401), ("operator-key", 403)] {
                let answer = try await server.send(.POST, "/v1/config/reload", key: key)
                #expect(answer.status == status)
                let id = try #require(answer.headers.first(name: "X-Request-Id"))
                try await waitUntil("the refusal is kept") {
                    try await !entries(server, "?request_id=\(id)").isEmpty
                }
            }
        }
    }

    @Test func `keeps failed sign-ins, by all ways in, without the key`() async throws {
        try await IngressFixture.with(dialects: [PlainDialect()], clients: [Self.admin]) { (server) async throws in
            #expect(try await server.send(.GET, "/v1/events", key: "planted-key").status == 401)
            let event = Array(#"{"name":"n","customer_id":"c"}"#.utf8)
            #expect(try await server.send(.POST, "/v1/events", event, key: "planted-key").status == 401)
            var found: [[String: Any]] = []
            try await waitUntil("the sign-in is kept") {
                found = try await entries(server, "?category=sign_in")
                return !found.isEmpty
            }
            #expect(found.first?["remote_address"] as? String == "127.0.0.1")
            #expect(found.first?["actor"] is NSNull)
            #expect(!"\(found)".contains("planted"))
        }
    }

    @Test func `keeps administrative acts that a client has no scope for, and no questions`() async throws {
        try await IngressFixture.with(clients: [Self.admin]) { (server) async throws in
            let body = Array(#"{"for":"1h"}"#.utf8)
            for _ in 0..<2 {
                #expect(
                    try await server.send(.POST, "/v1/providers/p/hold", body, key: "operator-key").status == 403
                )
            }
            #expect(try await server.send(.GET, "/v1/config", key: "operator-key").status == 403)
            #expect(try await server.send(.POST, "/v1/events", body, key: "read-key").status == 403)
            var found: [[String: Any]] = []
            try await waitUntil("the first refusal is kept") {
                found = try await entries(server, "?category=refused")
                return !found.isEmpty
            }
            let entry = try #require(found.first)
            #expect(found.count == 1)
            #expect(entry["action"] as? String == "POST /v1/providers/{name}/hold")
            #expect(entry["actor"] as? String == "operator" && entry["tenant"] as? String == "shop")
            #expect((entry["details"] as? [String: String])?["missing_scope"] == "admin")
            #expect(entry["remote_address"] as? String == "127.0.0.1" && entry["key_id"] is String)
        }
    }

    @Test func `needs the scope admin, and names a parameter that it does not have`() async throws {
        try await IngressFixture.with(clients: [Self.admin]) { (server) async throws in
            #expect(try await server.send(.GET, "/v1/log").status == 403)
            #expect(try await server.send(.GET, "/v1/log", key: nil).status == 401)
            for query in [
                "limit=0", "limit=1001", "cursor=x", "cursor=-1", "category=none", "from=soon",
                "start=2026-01-01T00:00:00Z", "other=1",
            ] {
                #expect(try await server.send(.GET, "/v1/log?\(query)", key: "boss-key").status == 400, "\(query)")
            }
        }
    }

    @Test func `has the key's id in the access log, and no key in its paths`() async throws {
        try await IngressFixture.with(clients: [Self.admin]) { (server) async throws in
            _ = try await server.send(.GET, "/v1/events/boss-key", key: "boss-key")
            _ = try await server.send(.GET, "/nowhere/boss%2Dkey/x", key: nil)
            _ = try await server.post(#"{"id":"e1","name":"n","customer_id":"c"}"#)
            try await waitUntil("all are logged") { server.requestLog.entries.count == 3 }
            let entries = server.requestLog.entries
            #expect(entries.map(\.path).sorted() == ["/nowhere/[redacted]/x", "/v1/events", "/v1/events/[redacted]"])
            #expect(entries.first { $0.path == "/v1/events/[redacted]" }?.caller?.key.id == "boss-1")
            let write = try #require(entries.first { $0.path == "/v1/events" })
            #expect(write.caller?.key.id == String(KeyDigest(of: IngressFixture.key).hexadecimal.prefix(8)))
            #expect(write.ids == ["e1"] && write.status == 202)
        }
    }

    @Test func `tells readiness to everybody, and parts only to a client that may see them`() async throws {
        try await IngressFixture.with(clients: [Self.admin]) { (server) async throws in
            let open = try await server.send(.GET, "/readyz", key: nil)
            #expect(open.status == 200)
            #expect(String(decoding: open.body, as: UTF8.self) == #"{"status":"ready"}"#)
            let again = try await server.send(.GET, "/readyz", key: nil)
            #expect(again.status == 200 && again.body == open.body)
            #expect(try await server.send(.GET, "/readyz", key: "nobody's").status == 401)
            func names(_ key: String) async throws -> [String] {
                let parts = try await server.send(.GET, "/readyz", key: key).object["parts"] as? [[String: Any]] ?? []
                return parts.compactMap { $0["name"] as? String }
            }
            // The provider is shared by several tenants.
            #expect(try await names(IngressFixture.key) == ["store"])
            #expect(try await names("boss-key") == ["store", "provider p"])
        }
    }
}
