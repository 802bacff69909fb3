import Foundation
import NIOHTTP1
import Testing

/// Requests that two servers in a row could read differently.
@Suite struct SmugglingTests {
    private static let event = #"{"id":"e","name":"n","customer_id":"c"}"#
    private static let inner = "GET /v1/events/e HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n\r\n"

    private static func write(_ fields: String, _ body: String = event, host: String = "Host: a\r\n") -> String {
        "POST /v1/events HTTP/1.1\r\n\(host)Authorization: Bearer test-key\r\nContent-Type: application/json\r\n"
            + "\(fields)\r\n\(body)"
    }

    private static let length = "Content-Length: \(event.utf8.count)\r\n"
    private static let chunked = "Transfer-Encoding: chunked\r\n"

    private static let faulty: [(String, String)] = [
        ("both lengths", write(length + chunked, "0\r\n\r\n" + inner)),
        ("both lengths, the other way round", write(chunked + length, "0\r\n\r\n" + inner)),
        ("two lengths", write("Content-Length: 5\r\n" + length)), ("one length twice", write(length + length)),
        ("a list of lengths", write("Content-Length: \(event.utf8.count), \(event.utf8.count)\r\n")),
        ("a length with a sign", write("Content-Length: +\(event.utf8.count)\r\n")),
        ("a negative length", write("Content-Length: -1\r\n")), ("a length in hex", write("Content-Length: 0x27\r\n")),
        ("a length beyond all numbers", write("Content-Length: 99999999999999999999\r\n")),
        ("a space before the colon", write("Content-Length : \(event.utf8.count)\r\n")),
        ("a space before the other colon", write("Transfer-Encoding : chunked\r\n", "0\r\n\r\n" + inner)),
        ("a coding that is not chunked", write("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + inner)),
        ("a coding behind chunked", write("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n" + inner)),
        ("two codings", write(chunked + "Transfer-Encoding: identity\r\n", "0\r\n\r\n" + inner)),
        ("a folded field", write("X-A: b\r\n c\r\n" + length)),
        ("a folded coding", write("Transfer-Encoding:\r\n chunked\r\n" + length)),
        ("a bare CR in a field", write("X-A: b\rc\r\n" + length)),
        ("a bare LF behind a field", write("X-A: b\nX-B: c\r\n" + length)),
        ("a NUL in a field", write("X-A: b\0c\r\n" + length)), ("no host", write(length, host: "")),
        ("two hosts", write(length, host: "Host: a\r\nHost: b\r\n")),
        ("two hosts the long way", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        ("a chunk's size that is none", write(chunked, "zz\r\nabc\r\n0\r\n\r\n" + inner)),
        ("a chunk's size beyond all numbers", write(chunked, "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n" + inner)),
        ("chunks that end with LF alone", write(chunked, "27\n\(event)\n0\n\n" + inner)),
        ("a chunk that is longer than it says", write(chunked, "5\r\n\(event)\r\n0\r\n\r\n" + inner)),
        (
            "trailers without end",
            write(chunked, "27\r\n\(event)\r\n0\r\n" + String(repeating: "X-A: b\r\n", count: 200))
        ),
        ("HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ("no version", "GET /healthz\r\n\r\n"),
        ("an empty host", write(length, host: "Host: \r\n")),
        ("a host with a path", write(length, host: "Host: a/b\r\n")),
        ("a bad host the long way", "GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n"),
        ("a length of 2^63", write("Content-Length: 9223372036854775808\r\n")),
        ("two spaces behind the method", "GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("two spaces behind the path", "POST /v1/events  HTTP/1.1" + write(length).dropFirst(24)),
        (
            "chunks in HTTP/1.0",
            "POST /v1/events HTTP/1.0\r\nHost: a\r\nAuthorization: Bearer test-key\r\n\(chunked)\r\n27\r\n\(event)\r\n0\r\n\r\n"
        ),
        ("a space in the path", "GET /v1/events/a b HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    @Test(arguments: faulty)
    func `refuses once, takes nothing and closes`(name: String, request: String) async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await RawRequest.send(request, to: server.port) { _ in false }
            let statuses = answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses == ["400"], "\(name): \(answer)")
            #expect(try await server.send(.GET, "/v1/events/e").status == 404)
        }
    }

    @Test func `refuses a request line with two spaces behind good requests, which are answered`() async throws {
        try await IngressFixture.with { (server) async throws in
            let good = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
            let bad = "GET  /v1/events/e HTTP/1.1\r\nHost: a\r\n\r\n"
            let answer = try await RawRequest.send(good + Self.write(Self.length) + bad + good, to: server.port) { _ in
                false
            }
            let statuses = answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses == ["200", "202", "400"], "\(answer)")
        }
    }

    @Test(
        arguments: ["/v1/events", "/v1/events?partial=true", "/acme/events?account=test-key"],
        ["Authorization", "x-api-key"]
    )
    func `takes no request with two keys`(path: String, field: String) async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            let keys = field == "Authorization" ? ["Bearer test-key", "Bearer nobody"] : ["test-key", "nobody"]
            for pair in [keys, keys.reversed(), [keys[0], keys[0]]] {
                let fields = pair.map { "\(field): \($0)\r\n" }.joined()
                let request =
                    "POST \(path) HTTP/1.1\r\nHost: a\r\n\(fields)Content-Type: application/json\r\n\(Self.length)\r\n"
                    + Self.event
                let answer = try await RawRequest.send(request, to: server.port)
                #expect(answer.hasPrefix(path.hasPrefix("/v1") ? "HTTP/1.1 400 " : "HTTP/1.1 401 "), "\(answer)")
            }
            #expect(try await server.send(.GET, "/v1/events/e").status == 404)
        }
    }

    @Test(arguments: [
        "//v1/events/e", "/v1//events/e", "/v1/./events/e", "/v1/events/../events/e", "/v1/events/..%2fevents%2fe",
        "/v1/events/e/", "/v1/events/e%00", "/v1/events/%65%2f", "/V1/events/e", "/v1/events/%", "/v1/events/%zz",
        "/v1/events/%ff%fe", "/v1%2fevents%2fe", "/v1/events;a=b/e", "/v1/events/e%0d%0aX-Evil:%20b",
    ])
    func `finds nothing at a path that is written in another way`(path: String) async throws {
        try await IngressFixture.with { (server) async throws in
            #expect(try await server.post(Self.event).status == 202)
            let head = "GET \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n\r\n"
            let answer = try await RawRequest.send(head, to: server.port)
            #expect(answer.hasPrefix("HTTP/1.1 404"), "\(answer)")
            #expect(!answer.contains("\r\nX-Evil"))
        }
    }

    @Test func `lets no field of an event into the header of an answer`() async throws {
        try await IngressFixture.with { (server) async throws in
            let event = #"{"id":"a\r\nX-Evil: 1","name":"n\r\nX-Evil: 2","customer_id":"c\r\n\r\nHTTP/1.1 200 OK"}"#
            let answer = try await server.post(event)
            #expect(answer.status == 202 && !answer.headers.contains(name: "X-Evil"))
            let shown = try await server.send(.GET, "/v1/events/a%0D%0AX-Evil%3A%201")
            #expect(shown.status == 200 && !shown.headers.contains(name: "X-Evil"))
            #expect(try shown.object["id"] as? String == "a\r\nX-Evil: 1")
            let traced = try await server.send(.GET, "/healthz", headers: [("X-Request-Id", "a b")])
            #expect(traced.headers["X-Request-Id"] != ["a b"])
        }
    }
}
