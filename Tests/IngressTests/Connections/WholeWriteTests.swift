import Foundation
import NIOCore
import Testing

@testable import Ingress

/// A plain write that comes in one piece does not pass the decoder; whatever leaves room for doubt must.
@Suite struct WholeWriteTests {
    private static let event = #"{"id":"e","name":"n","customer_id":"c"}"#

    private static func write(_ fields: String, _ body: String = event, line: String = "POST /v1/events HTTP/1.1")
        -> String
    {
        "\(line)\r\nHost: a\r\nAuthorization: Bearer test-key\r\n\(fields)\r\n\(body)"
    }

    private static let length = "Content-Length: \(event.utf8.count)\r\n"
    private static let many = String(repeating: "X-A: b\r\n", count: 96)
    private static let long = "X-A: \(String(repeating: "b", count: 8 << 10))\r\n"

    private static func whole(_ text: String) -> (head: PlainWrite, body: [UInt8])? {
        PlainWrite.whole(ByteBuffer(string: text), limitBytes: 1 << 20)
    }

    @Test(arguments: [
        length, "content-length:\(event.utf8.count)\r\n", "CONTENT-LENGTH:   \(event.utf8.count)  \r\n",
        "X-Empty:\r\n\(length)", "X-Odd: a:b, \"c\" (d)\r\n\(length)", many + length,
    ])
    func `takes what can be read in one way only`(fields: String) throws {
        let write = try #require(Self.whole(Self.write(fields + "x-request-id: mine \r\n")))
        #expect(write.head.authorization == "Bearer test-key")
        #expect(write.head.requestID == "mine")
        #expect(write.body == Array(Self.event.utf8))
    }

    private static let doubtful: [(String, String)] = [
        ("a part of the body", String(write(length).dropLast())), ("one byte more", write(length) + "\r"),
        ("two requests", write(length) + write(length)), ("a part of the head", String(write(length).prefix(50))),
        ("a head without its end", "POST /v1/events HTTP/1.1\r\n" + length),
        ("another path", write(length, line: "POST /v1/events?a HTTP/1.1")),
        ("another method", write(length, line: "PUT /v1/events HTTP/1.1")),
        ("another version", write(length, line: "POST /v1/events HTTP/1.0")),
        ("a line too much in front", "\r\n" + write(length)), ("no length", write("", "")),
        ("two lengths", write(length + length)), ("a length with a sign", write("Content-Length: +39\r\n")),
        ("an empty length", write("Content-Length: \r\n", "")),
        ("a length beyond all numbers", write("Content-Length: 99999999999999999999\r\n")),
        ("a connection that is more than one thing", write("Connection: keep-alive, close\r\n" + length)),
        ("a coding", write("Transfer-Encoding: chunked\r\n" + length)), ("another host", write("Host: b\r\n" + length)),
        ("a space before a colon", write("X-A : b\r\n" + length)), ("no name", write(": b\r\n" + length)),
        ("no colon", write("X-A\r\n" + length)), ("a folded field", write("X-A: b\r\n c\r\n" + length)),
        ("a bare CR", write("X-A: b\rc\r\n" + length)), ("a bare LF", write("X-A: b\n" + length)),
        ("a NUL", write("X-A: b\0c\r\n" + length)), ("a tab", write("X-A:\tb\r\n" + length)),
        ("letters beyond ASCII", write("X-A: é\r\n" + length)), ("a name of other signs", write("X_A: b\r\n" + length)),
        ("too many fields", write(many + "X-A: b\r\nX-A: b\r\n" + length)), ("a long field", write(long + length)),
    ]

    @Test(arguments: doubtful)
    func `leaves all else to the decoder`(name: String, text: String) {
        #expect(Self.whole(text) == nil, "\(name)")
    }

    @Test func `a body may not be larger than the limit`() {
        let text = ByteBuffer(string: Self.write(Self.length))
        #expect(PlainWrite.whole(text, limitBytes: Self.event.utf8.count) != nil)
        #expect(PlainWrite.whole(text, limitBytes: Self.event.utf8.count - 1) == nil)
    }

    @Test func `the decoder takes over in the middle of a connection`() async throws {
        try await IngressFixture.with { (server) async throws in
            let other = #"{"id":"f","name":"n","customer_id":"c"}"#
            let text = Self.write(Self.length, other)
            let pieces = [
                Self.write(Self.length), String(text.prefix(60)), String(text.dropFirst(60)),
                "GET /v1/events/f HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n\r\n",
                Self.write(Self.length),
            ]
            let answer = try await RawRequest.drip(pieces, every: 20, to: server.port) {
                $0.components(separatedBy: "HTTP/1.1 ").count == 5
            }
            let statuses = answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses == ["202", "202", "200", "202"])
            #expect(answer.contains(#""status":"duplicate""#))
        }
    }

    @Test func `closes the connection behind the answer if the client wants that`() async throws {
        try await IngressFixture.with { (server) async throws in
            let text = Self.write("Connection: close\r\n" + Self.length)
            #expect(Self.whole(text)?.head.isLast == true)
            // Reads until the server closes.
            let answer = try await RawRequest.send(text, to: server.port) { _ in false }
            #expect(answer.hasPrefix("HTTP/1.1 202 "))
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
        }
    }

    @Test func `answers whole writes one after the other on one connection`() async throws {
        try await IngressFixture.with { (server) async throws in
            let bodies = ["f", "g", "f"].map { #"{"id":"\#($0)","name":"n","customer_id":"c"}"# }
            let answer = try await RawRequest.drip(
                bodies.map { Self.write(Self.length, $0) } + [Self.write("Content-Length: 0\r\n", "")],
                every: 20,
                to: server.port
            ) {
                $0.components(separatedBy: "HTTP/1.1 ").count == 5
            }
            let answers = answer.components(separatedBy: "HTTP/1.1 ").dropFirst()
            #expect(answers.map { $0.prefix(3) } == ["202", "202", "202", "400"])
            #expect(answers.map { $0.contains(#""status":"duplicate""#) } == [false, false, true, false])
        }
    }
}
