import Foundation
import TestSupport

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A connection on which a test says something, waits for an answer, and says more. Its calls block, so they run on a thread of their own.
final class RawConversation {
    private let descriptor: Int32
    /// All that has come.
    private(set) var received = ""
    /// The whole answers that were counted in it, and how many of its bytes they take.
    private var counted = (answers: 0, bytes: 0)

    /// What did not happen.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private init(to port: Int) throws {
        descriptor = try LoopbackSocket.connect(to: port)
    }

    deinit {
        close(descriptor)
    }

    /// Opens a connection, and closes it behind `body`.
    static func hold<Value: Sendable>(
        with port: Int,
        _ body: @escaping @Sendable (RawConversation) throws -> Value
    ) async throws -> Value {
        try await hold(1, with: port) { try body($0[0]) }
    }

    /// Opens several connections, and closes them behind `body`.
    static func hold<Value: Sendable>(
        _ count: Int,
        with port: Int,
        _ body: @escaping @Sendable ([RawConversation]) throws -> Value
    ) async throws -> Value {
        try await onThreadOfItsOwn { try hold(count, to: port, body) }
    }

    /// The same from a thread that may block.
    static func hold<Value>(_ count: Int, to port: Int, _ body: ([RawConversation]) throws -> Value) throws -> Value {
        try body(try (0..<count).map { _ in try RawConversation(to: port) })
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), nil, 0) == bytes.count else {
            throw Failure(description: "the server does not take it: \(text.prefix(80))")
        }
    }

    /// Sends a piece again and again until the server does not take it any more, or `most` bytes are sent.
    /// - Returns: how many were sent.
    func push(_ piece: String, most: Int) -> Int {
        let bytes = Array(piece.utf8)
        var count = 0
        while count < most {
            let sent = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), nil, 0)
            guard sent > 0 else { break }
            count += sent
        }
        return count
    }

    /// Reads until this has come.
    func read(until mark: String) throws {
        while !received.contains(mark) {
            guard try readMore() else { throw Failure(description: "closed before \(mark): \(received)") }
        }
    }

    /// Reads until so many answers have come whole, each with a length.
    func readAnswers(_ count: Int) throws {
        while countWholeAnswers() < count {
            guard try readMore() else { throw Failure(description: "closed before \(count) answers: \(received)") }
        }
    }

    private func countWholeAnswers() -> Int {
        var rest = received[received.utf8.index(received.startIndex, offsetBy: counted.bytes)...]
        while let end = rest.range(of: "\r\n\r\n") {
            let length =
                rest[..<end.lowerBound].lowercased().components(separatedBy: "content-length: ").dropFirst().first
                .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            let body = rest[end.upperBound...]
            guard body.utf8.count >= length else { break }
            let after = body.utf8.index(end.upperBound, offsetBy: length)
            counted.answers += 1
            counted.bytes += rest.utf8.distance(from: rest.startIndex, to: after)
            rest = rest[after...]
        }
        return counted.answers
    }

    /// Sends a request on a connection of its own, from a thread that may block, and reads until `isDone` or the end.
    static func ask(_ text: String, _ port: Int, until isDone: (String) -> Bool) throws -> String {
        let talk = try RawConversation(to: port)
        do { try talk.send(text) } catch is Failure {}
        while !isDone(talk.received), try talk.readMore() {}
        return talk.received
    }

    /// Reads until the server closes the connection.
    func readToEnd() throws -> String {
        while try readMore() {}
        return received
    }

    /// Reads until the server closes the connection, and keeps nothing.
    /// - Returns: how many bytes came.
    func countToEnd() throws -> Int {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var total = 0
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 { throw Failure(description: "nothing more came behind \(total) bytes") }
            if count == 0 { return total }
            total += count
        }
    }

    /// Waits until the server has closed one of them.
    static func waitForEnd(ofOneOf talks: [RawConversation]) throws {
        while true {
            var events = talks.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            guard poll(&events, nfds_t(events.count), 120_000) > 0 else { throw Failure(description: "none is closed") }
            for (talk, event) in zip(talks, events) where event.revents != 0 {
                guard try talk.readMore() else { return }
            }
        }
    }

    /// The statuses of all answers that have come.
    var statuses: [String] { received.components(separatedBy: "HTTP/1.1 ").dropFirst().map { String($0.prefix(3)) } }

    private func readMore() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { throw Failure(description: "nothing more came: \(received)") }
        guard count > 0 else { return false }
        received += String(decoding: buffer.prefix(count), as: UTF8.self)
        return true
    }
}
