import Access
import Events
import Foundation
import Journal
import JournalSQLite
import NIOHTTP1
import Testing

/// `POST /v1/events/preview`.
@Suite struct PreviewEndpointTests {
    private static let boss =
        #"{"name":"boss","key_sha256":"\#(KeyDigest(of: "boss-key").hexadecimal)","scopes":["admin"]}"#

    private func preview(
        _ server: IngressFixture,
        _ event: String,
        _ query: String = "",
        key: String = IngressFixture.key
    ) async throws -> IngressFixture.Answer {
        try await server.send(
            .POST,
            "/v1/events/preview" + query,
            Array(event.utf8),
            headers: [("Content-Type", "application/json")],
            key: key
        )
    }

    @Test func `shows the route and the exact request, and stores nothing`() async throws {
        try await IngressFixture.with(clients: [Self.boss]) { (server) async throws in
            let answer = try await preview(server, #"{"id":"e1","name":"n","customer_id":"c"}"#, key: "boss-key")
            #expect(answer.status == 200)
            let object = try answer.object
            #expect(object["route"] as? String == "r" && object["client"] as? String == "boss")
            #expect((object["event"] as? [String: Any])?["id"] as? String == "e1")
            let destination = try #require((object["destinations"] as? [[String: Any]])?.first)
            #expect(destination["provider"] as? String == "p" && destination["mode"] as? String == "primary")
            #expect(destination["status"] as? String == "translatable")
            let request = try #require(destination["request"] as? [String: Any])
            #expect(request["method"] as? String == "POST" && request["body"] as? String == "e1")
            #expect(request["url"] as? String == "https://acme.example/events?key=[redacted]")
            let headers = try #require(request["headers"] as? [[String: String]])
            #expect(headers.contains(["name": "Content-Type", "value": "text/plain"]))
            let newest = try await server.store.newestPosition()
            #expect(newest.number() == 0)
        }
    }

    @Test func `shows of an account that tenants share what is sent, not where`() async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await preview(server, #"{"id":"e1","name":"n","customer_id":"c"}"#)
            let destinations = try answer.object["destinations"] as? [[String: Any]]
            let request = try #require(destinations?.first?["request"] as? [String: Any])
            #expect(request["url"] as? String == "/events" && request["body"] as? String == "e1")
            #expect(!String(decoding: answer.body, as: UTF8.self).contains("acme.example"))
        }
    }

    @Test func `says why an event would not be accepted`() async throws {
        try await IngressFixture.with { (server) async throws in
            #expect(try await preview(server, #"{"name":"n"}"#).status == 422)
            #expect(try await preview(server, "{").status == 400)
            let old = #"{"name":"n","customer_id":"c","timestamp":"1990-01-01T00:00:00Z"}"#
            #expect(try await preview(server, old).status == 422)
            let two = #"[{"name":"n","customer_id":"c"},{"name":"n","customer_id":"c"}]"#
            #expect(try await preview(server, two).status == 400)
            #expect(try await preview(server, #"{"name":"n","customer_id":"c"}"#, "?other=1").status == 400)
        }
    }

    @Test func `previews as another client for the scope admin only`() async throws {
        let narrow = #"""
            {"name":"narrow","key_sha256":"\#(KeyDigest(of: "narrow-key").hexadecimal)","names":["api_*"]}
            """#
        try await IngressFixture.with(clients: [Self.boss, narrow]) { (server) async throws in
            let event = #"{"name":"n","customer_id":"c"}"#
            #expect(try await preview(server, event, "?client=narrow").status == 403)
            #expect(try await preview(server, event, "?client=narrow", key: "boss-key").status == 403)
            let allowed = #"{"name":"api_x","customer_id":"c"}"#
            let answer = try await preview(server, allowed, "?client=narrow", key: "boss-key")
            #expect(answer.status == 200)
            #expect(try answer.object["client"] as? String == "narrow")
            let unknown = try await preview(server, event, "?client=narow", key: "boss-key")
            #expect(unknown.status == 400)
            #expect((try unknown.object["detail"] as? String)?.contains("narrow") == true)
        }
    }
}
