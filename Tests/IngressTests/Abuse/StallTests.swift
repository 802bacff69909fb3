import Foundation
import Ingress
import TestSupport
import Testing

/// Clients that keep a connection busy with next to nothing.
@Suite struct StallTests {
    private static let head = "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n"
    private static let drops = Array(repeating: " ", count: 15_000)

    private func with(interval: Duration = .milliseconds(100), _ body: (IngressFixture) async throws -> Void)
        async throws
    {
        var patience = IngressSettings.Patience()
        patience.interval = interval
        try await IngressFixture.with(patience: patience, body)
    }

    @Test func `closes a connection whose request's head does not come to an end`() async throws {
        try await with { (server) async throws in
            let pieces = [Self.head, "X-A: "] + Array(repeating: "a", count: 15_000)
            #expect(try await RawRequest.drip(pieces, every: 20, to: server.port) == "")
        }
    }

    @Test func `answers 408 to a plain write whose body drips`() async throws {
        try await with { (server) async throws in
            let pieces = [Self.head + "Content-Length: 10000\r\n\r\n"] + Self.drops
            // A client that a busy machine keeps from sending its head is let go without a word.
            try await waitUntil("a head has come") {
                let answer = try await RawRequest.drip(pieces, every: 20, to: server.port)
                guard !answer.isEmpty else { return false }
                #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
                #expect(answer.contains("urn:tollgate:problem:stalled"))
                return true
            }
        }
    }

    @Test func `closes a connection on which another body drips, also behind its answer`() async throws {
        try await with { (server) async throws in
            let waiting = "POST /v1/events?partial=true HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n"
            let refused = "POST /v1/events?partial=true HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nobody\r\n"
            for head in [waiting, refused] {
                _ = try await RawRequest.drip(
                    [head + "Content-Length: 10000\r\n\r\n"] + Self.drops,
                    every: 20,
                    to: server.port
                )
            }
        }
    }

    @Test(arguments: ["", "GET", head, head + "Content-Length: 100\r\n\r\n{"])
    func `closes a connection on which nothing happens before a request is whole`(begun: String) async throws {
        try await with { (server) async throws in
            let answer = try await RawConversation.hold(with: server.port) { talk in
                if !begun.isEmpty { try talk.send(begun) }
                // Throws if the connection stays open.
                return try talk.readToEnd()
            }
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
        }
    }

    @Test func `closes a connection on which nothing happens after an answer`() async throws {
        try await with { (server) async throws in
            try await waitUntil("a client has its answer") {
                try await RawConversation.hold(with: server.port) { talk in
                    guard try Self.ask(talk, 1) else { return false }
                    // Throws if the connection stays open.
                    return try talk.readToEnd().hasPrefix("HTTP/1.1 200 ")
                }
            }
        }
    }

    /// For longer than one stays open on which nothing happens.
    @Test func `keeps a connection open on which requests come`() async throws {
        try await with { (server) async throws in
            try await waitUntil("a client has all answers") {
                try await RawConversation.hold(with: server.port) { talk in
                    for count in 1...20 {
                        guard try Self.ask(talk, count) else { return false }
                        Thread.sleep(forTimeInterval: 0.1)
                    }
                    return true
                }
            }
        }
    }

    /// Sends a request and reads its answer, the one of this number on its connection.
    /// - Returns: false if the connection is closed before: a busy machine may let a client pause for too long.
    private static func ask(_ talk: RawConversation, _ count: Int) throws -> Bool {
        do {
            try talk.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            try talk.readAnswers(count)
            return true
        } catch is RawConversation.Failure {
            return false
        }
    }

    @Test func `waits for a body that is long and comes`() async throws {
        try await with(interval: .seconds(1)) { (server) async throws in
            let event = #"{"id":"slow","name":"n","customer_id":"c","properties":{"a":""#
            let piece = String(repeating: "a", count: 20_000)
            let body = [event] + Array(repeating: piece, count: 45) + [#""}}"#]
            let length = body.reduce(0) { $0 + $1.utf8.count }
            let pieces = [Self.head + "Content-Type: application/json\r\nContent-Length: \(length)\r\n\r\n"] + body
            // A busy machine may let a client pause for too long.
            try await waitUntil("a body comes without long pauses, and is taken") {
                let answer = try await RawRequest.drip(pieces, every: 60, to: server.port) { $0.contains("}") }
                #expect(["HTTP/1.1 202", "HTTP/1.1 408", ""].contains(answer.prefix(12)), "\(answer)")
                return answer.hasPrefix("HTTP/1.1 202 ")
            }
        }
    }

    @Test func `does not keep a stranger's large body`() async throws {
        try await IngressFixture.with { (server) async throws in
            let head =
                "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nobody\r\nContent-Length: 4000000\r\n\r\n"
            // The answer comes before the body does.
            let answer = try await RawRequest.send(head, to: server.port)
            #expect(answer.hasPrefix("HTTP/1.1 401 "))
        }
    }
}
