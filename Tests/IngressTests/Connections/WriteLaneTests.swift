import Foundation
import NIOHTTP1
import Testing

/// Plain writes have a way of their own; what a client sees must not tell.
@Suite struct WriteLaneTests {
    private func write(_ id: String, _ more: String = "") -> String {
        let body = #"{"id":"\#(id)","name":"n","customer_id":"c"}"#
        return "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
    }

    private func read(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n\r\n"
    }

    /// The statuses of the answers in a stream of bytes, in order.
    private static func statuses(_ text: String) -> [String] {
        text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { String($0.prefix(3)) }
    }

    @Test func `answers requests that are sent ahead in their order, whichever way each goes`() async throws {
        try await IngressFixture.with { (server) async throws in
            let chunked =
                "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2a\r\n{\"id\":\"d\",\"name\":\"nnnn\",\"customer_id\":\"c\"}\r\n0\r\n\r\n"
            let text =
                write("a") + read("/v1/events/a") + write("b") + write("b") + chunked + read("/v1/nothing") + write("c")
                + read("/v1/events/d")
            let answer = try await RawRequest.send(text, to: server.port) { Self.statuses($0).count == 8 }
            #expect(Self.statuses(answer) == ["202", "200", "202", "202", "202", "404", "202", "200"])
            #expect(answer.contains(#""status":"duplicate""#))
        }
    }

    @Test func `answers a client that has closed its side behind the request`() async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await RawRequest.send(write("a"), to: server.port, closesInput: true)
            #expect(Self.statuses(answer) == ["202"])
        }
    }

    /// The connection would stay open until it is idle for too long if the lane forgot that the client has closed its side.
    @Test func `closes the connection of a client that has closed its side behind requests of both kinds`() async throws
    {
        try await IngressFixture.with { (server) async throws in
            let text = write("a") + read("/v1/events/a")
            let answer = try await RawRequest.send(text, to: server.port, closesInput: true) { _ in false }
            #expect(Self.statuses(answer) == ["202", "200"])
        }
    }

    @Test func `closes the connection behind the answer if the client wants that`() async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await RawRequest.send(write("a", "Connection: close\r\n") + write("b"), to: server.port) {
                _ in
                false
            }
            #expect(Self.statuses(answer) == ["202"])
            #expect(try await server.send(.GET, "/v1/events/b").status == 404)
        }
    }

    @Test func `answers what came before bytes that are no request`() async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await RawRequest.send(write("a") + write("b") + "garbage\r\n\r\n", to: server.port) { _ in
                false
            }
            #expect(Self.statuses(answer) == ["202", "202", "400"])
        }
    }

    @Test func `answers with the fields that every answer has`() async throws {
        try await IngressFixture.with { (server) async throws in
            for request in [write("a", "X-Request-Id: mine\r\n"), read("/v1/events/a")] {
                let answer = try await RawRequest.send(request, to: server.port)
                for field in ["content-type: application/json", "x-request-id: ", "date: ", "server: tollgate"] {
                    #expect(answer.lowercased().contains("\r\n\(field)"), "\(field)")
                }
            }
        }
    }

    @Test(arguments: [
        ("Authorization: Bearer nobody\r\n", "401"), ("Authorization: Bearer read-key\r\n", "403"),
        ("Authorization: Bearer test-key\r\nContent-Type: text/xml\r\n", "415"),
        ("Authorization: Bearer test-key\r\n", "400"),
    ])
    func `refuses in the words of all refusals`(fields: String, status: String) async throws {
        try await IngressFixture.with { (server) async throws in
            let text = "POST /v1/events HTTP/1.1\r\nHost: a\r\n\(fields)Content-Length: 5\r\n\r\n{\"a\":"
            let answer = try await RawRequest.send(text, to: server.port) { $0.contains("}") }
            #expect(Self.statuses(answer) == [status])
            #expect(answer.lowercased().contains("content-type: application/problem+json"))
            #expect(answer.contains("request_id"))
        }
    }
}
