import Access
import Events
import Testing

@testable import Ingress

/// A request is answered alike, whichever way it comes: past the decoder, gathered, by the server, by a facade.
@Suite struct EnvelopeTests {
    /// A way on which a write of one event comes.
    enum Way: String, CaseIterable {
        case whole, gathered, large, chunked, facade
    }

    private static let limited =
        #"{"name":"limited","tenant":"shop","key_sha256":"\#(KeyDigest(of: "limited-key").hexadecimal)","#
        + #""scopes":["events:write"],"limits":{"requests":"1/h"}}"#

    private static func event(_ way: Way) -> String {
        let padding = String(repeating: " ", count: way == .large ? 20 << 10 : 0)
        return #"{"id":"\#(way)","name":"n","customer_id":"c"}\#(padding)"#
    }

    /// The pieces of a request that does not hold its connection open.
    private static func pieces(_ way: Way, _ key: String) -> [String] {
        let body = event(way)
        let head =
            "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(key)\r\nConnection: close\r\n"
            + "X-Request-Id: mine\r\n"
        let framed = "\(head)Content-Length: \(body.utf8.count)\r\n\r\n"
        switch way {
        case .whole: return [framed + body]
        case .gathered, .large: return [framed, body]
        case .chunked:
            let size = String(body.utf8.count, radix: 16)
            return ["\(head)Transfer-Encoding: chunked\r\n\r\n\(size)\r\n\(body)\r\n0\r\n\r\n"]
        case .facade:
            let fields =
                "Host: a\r\nX-Acme-Key: \(key)\r\nConnection: close\r\nX-Request-Id: mine\r\nContent-Length: 3\r\n"
            return ["POST /acme/v1/events HTTP/1.1\r\n\(fields)\r\none"]
        }
    }

    private static func status(_ way: Way, _ key: String, _ server: IngressFixture) async throws -> Int? {
        let text = try await RawRequest.drip(pieces(way, key), every: 20, to: server.port)
        #expect(text.lowercased().contains("\r\nx-request-id: mine\r\n"), "\(text)")
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    @Test(arguments: Way.allCases)
    func `says in the log who sent what`(way: Way) async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            let status = try await Self.status(way, "test-key", server)
            #expect(status == (way == .facade ? 200 : 202))
            let entry = try #require(server.requestLog.entries.first)
            #expect(server.requestLog.entries.count == 1)
            #expect(entry.requestID == "mine" && entry.method == "POST" && entry.status == status)
            #expect(entry.path == (way == .facade ? "/acme/v1/events" : "/v1/events"))
            #expect(entry.caller?.client.name == "shop" && entry.caller?.remoteAddress == "127.0.0.1")
            #expect(entry.accepted == 1 && entry.ids.map(\.rawValue) == [way == .facade ? "one" : way.rawValue])
            #expect(entry.endpoint == (way == .facade ? .facade("acme") : .write))
        }
    }

    @Test(arguments: Way.allCases)
    func `refuses a key that is nobody's, and a client that lacks the scope`(way: Way) async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            #expect(try await Self.status(way, "nobody", server) == 401)
            #expect(try await Self.status(way, "read-key", server) == 403)
            let entries = server.requestLog.entries
            #expect(entries.map(\.status) == [401, 403])
            #expect(entries.map { $0.caller?.client.name } == [nil, "reader"])
            #expect(entries.allSatisfy { $0.accepted == 0 })
        }
    }

    @Test(arguments: Way.allCases)
    func `counts a request once against the client's limit`(way: Way) async throws {
        try await IngressFixture.with(dialects: [PlainDialect()], clients: [Self.limited]) { (server) async throws in
            #expect(try await Self.status(way, "limited-key", server) == (way == .facade ? 200 : 202))
            #expect(try await Self.status(way, "limited-key", server) == 429)
        }
    }
}
