import Foundation
import Synchronization
import TestSupport

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A vendor for passed calls, on plain sockets: it notes what reaches it, byte for byte, and answers as the test says.
final class PassVendor: Sendable {
    /// What becomes of a request.
    enum Reply: Sendable {
        /// These bytes; the connection stays open for the next request.
        case say(String)
        /// The same of bytes that need not be text.
        case sayBytes([UInt8])
        /// These bytes, before the body is read, and the end of the connection.
        case sayEarly(String)
        /// A body of so many bytes behind a head.
        case stream(Int)
        /// These bytes, and then nothing until the gateway has ended the connection.
        case stall(String)
        /// Nothing: the body is left where it is until ``PassVendor/stop()``.
        case readNothing
        /// The end of the connection.
        case hangUp
    }

    /// Head and body of a request, and the connection's number.
    struct Request: Sendable {
        let connection: Int
        let text: String

        var line: String { String(text.prefix { $0 != "\r\n" }) }
        var fields: [String] {
            (text.components(separatedBy: "\r\n\r\n").first ?? "").components(separatedBy: "\r\n").dropFirst().map {
                $0
            }
        }
        var body: String { text.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n") }

        func field(_ name: String) -> String? {
            fields.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }
    }

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var ended = 0
        var sent = 0
        var isStopped = false
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())
    private let reply: @Sendable (Request) -> Reply

    /// - Parameter reply: told the request's head, and its body but for ``Reply/sayEarly(_:)``.
    init(_ reply: @escaping @Sendable (Request) -> Reply) throws {
        self.reply = reply
        (listener, port) = try LoopbackSocket.listen(backlog: 128)
        Thread.detachNewThread { [self] in acceptAll() }
    }

    var address: String { "http://127.0.0.1:\(port)" }
    /// Whole requests that came until now.
    var requests: [Request] { state.withLock { $0.requests } }
    /// Connections that were taken until now.
    var connections: Int { state.withLock { $0.connections } }
    /// Connections that the gateway has ended before a request or its answer was whole.
    var ended: Int { state.withLock { $0.ended } }
    /// Bytes of streamed bodies that the system took.
    var sent: Int { state.withLock { $0.sent } }

    /// Takes no further connection.
    func stop() {
        let isFirst = state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        // Only once: a number that is closed may be another socket's the next moment.
        if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    private func acceptAll() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else {
                close(listener)
                return
            }
            let number = state.withLock { state in
                state.connections += 1
                return state.connections
            }
            Thread.detachNewThread { [self] in
                serve(connection, number)
                close(connection)
            }
        }
    }

    private func serve(_ connection: Int32, _ number: Int) {
        var received = ""
        while let head = readHead(connection, &received) {
            let early = reply(Request(connection: number, text: head))
            if case .sayEarly(let text) = early {
                state.withLock { $0.requests.append(Request(connection: number, text: head)) }
                write(text, to: connection)
                return
            }
            if case .readNothing = early {
                while !state.withLock({ $0.isStopped }) { Thread.sleep(forTimeInterval: 0.005) }
                return
            }
            guard let body = readBody(of: head, connection, &received) else {
                state.withLock { $0.ended += 1 }
                return
            }
            let request = Request(connection: number, text: head + body)
            state.withLock { $0.requests.append(request) }
            switch reply(request) {
            case .say(let text): write(text, to: connection)
            case .sayBytes(let bytes): write(bytes, to: connection)
            case .sayEarly, .readNothing, .hangUp: return
            case .stream(let count):
                write("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n", to: connection)
                stream(count, to: connection)
            case .stall(let text):
                write(text, to: connection)
                awaitEnd(of: connection)
                return
            }
        }
    }

    private func readHead(_ connection: Int32, _ received: inout String) -> String? {
        while true {
            if let end = received.range(of: "\r\n\r\n") {
                defer { received = String(received[end.upperBound...]) }
                return String(received[..<end.upperBound])
            }
            guard readMore(connection, &received) else { return nil }
        }
    }

    /// The body's bytes as they were framed.
    private func readBody(of head: String, _ connection: Int32, _ received: inout String) -> String? {
        let request = Request(connection: 0, text: head)
        if request.field("transfer-encoding") != nil {
            while !received.contains("0\r\n\r\n") { guard readMore(connection, &received) else { return nil } }
        } else {
            let length = request.field("content-length").flatMap { Int($0) } ?? 0
            while received.unicodeScalars.count < length { guard readMore(connection, &received) else { return nil } }
        }
        defer { received = "" }
        return received
    }

    private func readMore(_ connection: Int32, _ received: inout String) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        // Latin 1, so that every byte stays one.
        received += String(String.UnicodeScalarView(buffer[..<count].map { Unicode.Scalar($0) }))
        return true
    }

    private func awaitEnd(of connection: Int32) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while recv(connection, &buffer, buffer.count, 0) > 0 {}
        state.withLock { $0.ended += 1 }
    }

    private func stream(_ count: Int, to connection: Int32) {
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
        var left = count
        while left > 0 {
            let sent = send(connection, piece, min(piece.count, left), Int32(MSG_NOSIGNAL))
            guard sent > 0 else { return }
            left -= sent
            state.withLock { $0.sent += sent }
        }
    }

    private func write(_ text: String, to connection: Int32) {
        write(Array(text.utf8), to: connection)
    }

    private func write(_ bytes: [UInt8], to connection: Int32) {
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
