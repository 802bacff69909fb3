import Access
import Foundation
import NIOHTTP1
import Routing
import Testing

/// What a client's key, its limits and its rights mean for an answer.
@Suite struct ClientRightsTests {
    private static let key = "limited-key"

    /// A client with the key above, or other ones.
    private static func client(_ more: String, keys: String? = nil) -> String {
        let keys = keys ?? #""key_sha256": "\#(KeyDigest(of: key).hexadecimal)""#
        return #"{"name": "limited", \#(keys), \#(more)}"#
    }

    /// The way of plain writes, the way of all others, and a facade.
    enum Way: CaseIterable {
        case lane, server, facade

        func send(_ ids: Range<Int>, _ name: String = "n", to server: IngressFixture, key: String) async throws
            -> IngressFixture.Answer
        {
            switch self {
            case .lane: return try await server.send(.POST, "/v1/events", body(ids, name), key: key)
            case .server: return try await server.send(.POST, "/v1/events", body(ids, name), key: key, isChunked: true)
            case .facade:
                let names = ids.map { "\(name)\($0)" }.joined(separator: ",")
                let headers = [("X-Acme-Key", key)]
                return try await server.send(.POST, "/acme/v1/events", Array(names.utf8), headers: headers, key: nil)
            }
        }
    }

    @Test(arguments: Way.allCases)
    func `answers 429 with the time to wait beyond the limit of events, and stores nothing`(way: Way) async throws {
        let client = Self.client(#""limits": {"events": "3/h"}"#)
        try await IngressFixture.with(dialects: [PlainDialect()], clients: [client]) { (server) async throws in
            #expect(try await way.send(0..<2, to: server, key: Self.key).status < 300)
            let refused = try await way.send(2..<4, to: server, key: Self.key)
            #expect(refused.status == 429)
            if way == .facade {
                #expect(
                    String(decoding: refused.body, as: UTF8.self).contains("rateLimited(limit: 3, retryAfterSeconds: ")
                )
            } else {
                #expect(try refused.object["type"] as? String == "urn:tollgate:problem:rate-limited")
                let wait = refused.headers.first(name: "retry-after").flatMap { Int($0) }
                #expect((600...1200).contains(wait ?? 0))
            }
            let id = way == .facade ? "n2" : "e2"
            #expect(try await server.send(.GET, "/v1/events/\(id)", key: Self.key).status == 404)
            #expect(try await way.send(4..<5, to: server, key: Self.key).status < 300)
            #expect(try await way.send(0..<3, to: server, key: IngressFixture.key).status < 300)
        }
    }

    @Test(arguments: Way.allCases)
    func `answers 429 beyond the limit of requests, whatever they hold`(way: Way) async throws {
        let client = Self.client(#""limits": {"requests": "2/h"}"#)
        try await IngressFixture.with(dialects: [PlainDialect()], clients: [client]) { (server) async throws in
            #expect(try await way.send(0..<1, to: server, key: Self.key).status < 300)
            #expect(try await server.send(.GET, "/v1/events", key: Self.key).status == 200)
            #expect(try await way.send(1..<2, to: server, key: Self.key).status == 429)
            #expect(try await server.send(.GET, "/v1/events", key: Self.key).status == 429)
        }
    }

    @Test(arguments: Way.allCases)
    func `refuses names that the client may not send, each with a fault`(way: Way) async throws {
        let client = Self.client(#""names": ["n*"]"#)
        try await IngressFixture.with(dialects: [PlainDialect()], clients: [client]) { (server) async throws in
            #expect(try await way.send(0..<1, to: server, key: Self.key).status < 300)
            let refused = try await way.send(1..<3, "m", to: server, key: Self.key)
            let text = String(decoding: refused.body, as: UTF8.self)
            if way == .facade {
                #expect(text == "refused:forbidden refused:forbidden")
            } else {
                #expect(refused.status == 403)
                let errors = try refused.object["errors"] as? [[String: Any]]
                #expect(errors?.map { $0["code"] as? String } == ["forbidden", "forbidden"])
                #expect(text.contains(#"routes.json allows \"n*\""#))
            }
        }
    }

    @Test func `takes the good events of a partial write beside forbidden ones`() async throws {
        let client = Self.client(#""names": ["n"]"#)
        try await IngressFixture.with(clients: [client]) { (server) async throws in
            let text = #"[{"id":"a","name":"n","customer_id":"c"},{"id":"b","name":"m","customer_id":"c"}]"#
            let whole = try await server.send(.POST, "/v1/events", Array(text.utf8), key: Self.key)
            #expect(whole.status == 403)
            let partial = try await server.send(.POST, "/v1/events?partial=true", Array(text.utf8), key: Self.key)
            #expect(partial.status == 207)
            let results = try partial.object["events"] as? [[String: Any]]
            #expect(results?.map { $0["status"] as? String } == ["accepted", "rejected"])
        }
    }

    @Test func `says that a key is mistyped, has expired or comes too early, and never repeats it`() async throws {
        let keys = #"""
            "keys": [{"id": "old", "sha256": "\#(KeyDigest(of: "old-key").hexadecimal)", "expires": "2020-01-01T00:00:00Z"},
                     {"id": "new", "sha256": "\#(KeyDigest(of: "new-key").hexadecimal)", "not_before": "2120-01-01T00:00:00Z"}]
            """#
        let client = Self.client(#""scopes": ["events:write"]"#, keys: keys)
        try await IngressFixture.with(clients: [client]) { (server) async throws in
            let cases = [
                ("old-key", "the key old expired at 2020-01-01T00:00:00.000Z"),
                ("new-key", "the key new is valid from 2120-01-01T00:00:00.000Z"),
                ("tg_mistyped", "its checksum is wrong"), ("who", "send a client's key"),
            ]
            for (key, words) in cases {
                for way in [Way.lane, .server] {
                    let answer = try await way.send(0..<1, to: server, key: key)
                    #expect(answer.status == 401)
                    #expect(answer.headers.contains(name: "www-authenticate"))
                    let text = String(decoding: answer.body, as: UTF8.self)
                    #expect(text.contains(words) && !text.contains("\"\(key)\""), "\(text)")
                }
            }
        }
    }
}

private func body(_ ids: Range<Int>, _ name: String) -> [UInt8] {
    let events = ids.map { #"{"id":"e\#($0)","name":"\#(name)","customer_id":"c"}"# }
    return Array("[\(events.joined(separator: ","))]".utf8)
}
