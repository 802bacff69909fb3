import Foundation
import Routing
import TestSupport
import Testing

@testable import Ingress

/// What one client, or many, may hold.
@Suite struct CapacityTests {
    private static let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let stream =
        "GET /v1/events/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n\r\n"

    /// Without any other deadline.
    private static func patience(
        firstRequest: Duration? = nil,
        age: Duration? = nil,
        interval: Duration = .seconds(600)
    ) -> IngressSettings.Patience {
        var patience = IngressSettings.Patience()
        patience.interval = interval
        patience.firstRequest = firstRequest
        patience.age = age
        return patience
    }

    private static func capacity(_ change: (inout IngressSettings.Capacity) -> Void) -> IngressSettings.Capacity {
        var capacity = IngressSettings.Capacity()
        change(&capacity)
        return capacity
    }

    private static func write(
        _ path: String,
        _ id: String,
        padding: Int,
        key: String = "test-key"
    ) -> (head: String, body: String) {
        let text = String(repeating: "a", count: padding)
        let body = #"{"id":"\#(id)","name":"n","customer_id":"c","properties":{"a":"\#(text)"}}"#
        let head =
            "POST \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(key)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        return (head, body)
    }

    // MARK: - Connections

    @Test(arguments: ["", "GET /healthz HTT", "\r\n"])
    func `closes a connection that brings no request in time`(text: String) async throws {
        try await IngressFixture.with(patience: Self.patience(firstRequest: .milliseconds(200))) {
            (server) async throws in
            let answer = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(text)
                return try talk.readToEnd()
            }
            #expect(answer == "")
        }
    }

    @Test func `keeps a connection that brought a request in time`() async throws {
        try await IngressFixture.with(patience: Self.patience(firstRequest: .seconds(5))) {
            (server) async throws in
            // A busy machine may be late with a request.
            try await waitUntil("a request comes in time") {
                try await RawConversation.hold(2, with: server.port) { talks in
                    do {
                        try talks[0].send(Self.health)
                        try talks[0].readAnswers(1)
                    } catch is RawConversation.Failure {
                        return false
                    }
                    // The other one has brought none, so the time is over when it has ended.
                    _ = try talks[1].readToEnd()
                    try talks[0].send(Self.health)
                    try talks[0].readAnswers(2)
                    return true
                }
            }
        }
    }

    @Test(arguments: [true, false])
    func `lets a connection that nobody misses make room for another of its address`(isSilent: Bool) async throws {
        let capacity = Self.capacity { $0.connectionsPerAddress = 3 }
        try await IngressFixture.with(patience: Self.patience(), capacity: capacity) { (server) async throws in
            try await RawConversation.hold(4, with: server.port) { talks in
                // One of them is the fourth, in whatever order the threads of the server see them.
                for talk in talks where !isSilent {
                    do { try talk.send(Self.health) } catch { break }
                }
                try RawConversation.waitForEnd(ofOneOf: talks)
            }
            // Those that were answering may have been busy a moment ago.
            try await waitUntil("another is served") {
                try await RawRequest.send(Self.health, to: server.port) { $0.contains("alive") }.hasPrefix(
                    "HTTP/1.1 200 "
                )
            }
        }
    }

    @Test(arguments: ["POST /v1/events", "GET /healthz"])
    func `lets no connection that brought a request make room for silent ones`(request: String) async throws {
        let capacity = Self.capacity { $0.connectionsPerAddress = 4 }
        try await IngressFixture.with(patience: Self.patience(), capacity: capacity) { (server) async throws in
            let text = "\(request) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
            try await RawConversation.hold(with: server.port) { served in
                try served.send(text)
                try served.readAnswers(1)
                for count in 2...20 {
                    try RawConversation.hold(10, to: server.port) { crowd in
                        try RawConversation.waitForEnd(ofOneOf: crowd)
                        try served.send(text)
                        try served.readAnswers(count)
                    }
                }
            }
        }
    }

    @Test(arguments: [true, false])
    func `closes a new connection of an address whose connections are all busy, unless it is a trusted proxy`(
        isTrusted: Bool
    ) async throws {
        let capacity = Self.capacity { capacity in
            capacity.connectionsPerAddress = 2
            if isTrusted { capacity.trustedProxies = [NetworkRange("127.0.0.0/8")].compactMap { $0 } }
        }
        try await IngressFixture.with(patience: Self.patience(), capacity: capacity) { (server) async throws in
            let answer = try await RawConversation.hold(2, with: server.port) { busy in
                for talk in busy {
                    try talk.send(Self.stream)
                    try talk.read(until: ": connected")
                }
                return try RawConversation.ask(Self.health, server.port) { $0.contains("alive") }
            }
            #expect(answer.hasPrefix("HTTP/1.1 200 ") == isTrusted, "\(answer)")
        }
    }

    @Test(arguments: zip(["/v1/events", "/v1/events/preview"], ["test-key", "read-key"]))
    func `closes an old connection behind an answer that says so`(path: String, key: String) async throws {
        let age = Duration.milliseconds(300)
        var patience = Self.patience(age: age, interval: .milliseconds(200))
        // A body may come as slowly as it likes.
        patience.bodyBytes = 0
        try await IngressFixture.with(patience: patience) { (server) async throws in
            // A busy server may notice the age late.
            try await waitUntil("an answer says so") {
                try await RawConversation.hold(with: server.port) { talk in
                    // The connection becomes old while a request is in flight: between two, it is closed without a word.
                    try talk.send(
                        "POST \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(key)\r\nContent-Length: 2\r\n\r\n{"
                    )
                    Thread.sleep(forTimeInterval: 2.5 * (age / .seconds(1)))
                    // One that was old before its request had come is closed already.
                    do { try talk.send("}") } catch is RawConversation.Failure { return false }
                    let text = try talk.readToEnd()
                    return text.contains("onnection: close") && !text.hasPrefix("HTTP/1.1 408")
                }
            }
        }
    }

    @Test(arguments: 1...20)
    func `stops while connections arrive, without ending the process`(round: Int) async throws {
        try await IngressFixture.with(patience: Self.patience()) { (server) async throws in
            // The server is told to stop while it accepts them.
            try await RawConversation.hold(40 + round, with: server.port) { _ in }
        }
    }

    // MARK: - What is read behind an answer

    @Test(arguments: [
        "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nobody\r\nContent-Length: 8000000000\r\n\r\n",
        "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\nContent-Length: 8000000000\r\n\r\n",
        "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nobody\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n",
        "POST /acme/events HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000000\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000000\r\n\r\n",
        "GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "POST /v1/events HTTP/1.1\r\nHost: \r\n\r\n", "garbage\r\n\r\n",
    ])
    func `reads little of what is sent behind a refusal, and closes`(head: String) async throws {
        try await IngressFixture.with(dialects: [PlainDialect()], patience: Self.patience()) { (server) async throws in
            let most = 400 << 20
            let sent = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(head)
                try talk.read(until: "\r\n\r\n")
                return talk.push(String(repeating: "a", count: 1 << 20), most: most)
            }
            #expect(sent < most)
        }
    }

    @Test func `goes on behind a refusal whose body is small`() async throws {
        try await IngressFixture.with { (server) async throws in
            let statuses = try await RawConversation.hold(with: server.port) { talk in
                let body = String(repeating: "a", count: 100_000)
                try talk.send(
                    "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nobody\r\nContent-Length: 100000\r\n\r\n"
                )
                try talk.readAnswers(1)
                try talk.send(body + Self.health)
                try talk.read(until: "alive")
                return talk.statuses
            }
            #expect(statuses == ["401", "200"])
        }
    }

    // MARK: - Bodies

    @Test(arguments: ["/v1/events", "/v1/events?partial=true"])
    func `answers 503 when bodies in memory are too many, and goes on when there is room`(path: String) async throws {
        let capacity = Self.capacity { $0.bodyBytes = 120_000 }
        try await IngressFixture.with(patience: Self.patience(), capacity: capacity) { (server) async throws in
            let (large, small) = (Self.write(path, "a", padding: 90_000), Self.write(path, "b", padding: 30_000))
            let statuses = try await RawConversation.hold(with: server.port) { holder in
                try holder.send(large.head + large.body.prefix(89_000))
                // Until what was sent has been read, there is room.
                try blockUntil("the body is in memory") { server.capacity.bodies.usedBytes >= 89_000 }
                let other = Self.write(path, "x", padding: 30_000)
                let refusal = try RawConversation.ask(other.head + other.body, server.port) { $0.contains("}") }
                guard refusal.contains("bodies-busy"), refusal.lowercased().contains("retry-after: 1") else {
                    return [refusal]
                }
                try holder.send(String(large.body.dropFirst(89_000)))
                try holder.readAnswers(1)
                return holder.statuses
            }
            #expect(statuses == ["202"])
            try await waitUntil("there is room again") {
                let answer = try await RawRequest.send(small.head + small.body, to: server.port)
                return answer.hasPrefix("HTTP/1.1 202 ")
            }
        }
    }

    @Test(arguments: ["/v1/events", "/v1/events?partial=true"])
    func `has the memory of a body back whose connection broke`(path: String) async throws {
        let capacity = Self.capacity { $0.bodyBytes = 120_000 }
        try await IngressFixture.with(patience: Self.patience(), capacity: capacity) { (server) async throws in
            let write = Self.write(path, "a", padding: 90_000)
            try await RawConversation.hold(8, with: server.port) { talks in
                for talk in talks { try? talk.send(write.head + write.body.prefix(89_000)) }
            }
            try await waitUntil("there is room again") {
                let answer = try await RawRequest.send(write.head + write.body, to: server.port)
                return answer.hasPrefix("HTTP/1.1 202 ")
            }
        }
    }

    // MARK: - Streams

    @Test func `gives each client so many event streams, and others theirs`() async throws {
        let capacity = Self.capacity { $0.streamsPerClient = 2 }
        try await IngressFixture.with(capacity: capacity) { (server) async throws in
            let (refused, other) = try await RawConversation.hold(2, with: server.port) { talks in
                for talk in talks {
                    try talk.send(Self.stream)
                    try talk.read(until: ": connected")
                }
                let refused = try RawConversation.ask(Self.stream, server.port) { $0.contains("\r\n\r\n") }
                let reader = Self.stream.replacing("test-key", with: "read-key")
                return (refused, try RawConversation.ask(reader, server.port) { $0.contains(": connected") })
            }
            #expect(refused.hasPrefix("HTTP/1.1 429 ") && refused.lowercased().contains("retry-after: "))
            #expect(other.hasPrefix("HTTP/1.1 200 "))
            try await waitUntil("the places are free again") {
                try await RawRequest.send(Self.stream, to: server.port).hasPrefix("HTTP/1.1 200 ")
            }
        }
    }
}
