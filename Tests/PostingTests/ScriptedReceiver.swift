import Foundation
import Synchronization
import TestSupport

/// A receiver that answers every connection with the same bytes, and remembers what it was sent.
final class ScriptedReceiver: Sendable {
    /// What it does with a connection.
    enum Script: Sendable {
        /// Reads one request, sends these bytes, and closes.
        case answer(String)
        /// Reads one request and closes.
        case hangUp
        /// Reads one request, sends these bytes, and then nothing until it is stopped.
        case stall(String)
    }

    private struct State {
        var requests: [String] = []
        var open: [Int32] = []
        var isStopped = false
    }

    let port: Int
    private let listener: Int32
    private let script: Script
    private let state = Mutex(State())

    private init(_ script: Script) throws {
        self.script = script
        (listener, port) = try LoopbackSocket.listen(backlog: 16)
    }

    /// Runs `body` with a receiver, which is closed afterwards.
    static func with(_ script: Script, _ body: (ScriptedReceiver) async throws -> Void) async throws {
        let receiver = try ScriptedReceiver(script)
        Thread.detachNewThread { receiver.serve() }
        defer { receiver.stop() }
        try await body(receiver)
    }

    var address: String { "http://127.0.0.1:\(port)/in?token=planted" }

    /// The requests so far, each with its head and its body.
    var requests: [String] { state.withLock { $0.requests } }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            let isStopped = state.withLock { state in
                if !state.isStopped { state.open.append(connection) }
                return state.isStopped
            }
            if isStopped {
                close(connection)
                return
            }
            Thread.detachNewThread { self.serve(connection) }
        }
    }

    private func serve(_ connection: Int32) {
        guard let request = Self.readRequest(connection) else { return end(connection) }
        state.withLock { $0.requests.append(request) }
        switch script {
        case .answer(let text):
            Self.write(text, to: connection)
            end(connection)
        case .hangUp: end(connection)
        case .stall(let text): Self.write(text, to: connection)
        }
    }

    private func end(_ connection: Int32) {
        let isOpen = state.withLock { state in
            guard let index = state.open.firstIndex(of: connection) else { return false }
            state.open.remove(at: index)
            return true
        }
        if isOpen { close(connection) }
    }

    private func stop() {
        let open = state.withLock { state in
            state.isStopped = true
            defer { state.open = [] }
            return state.open
        }
        for connection in open {
            shutdown(connection, Int32(SHUT_RDWR))
            close(connection)
        }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// A request with a body of a known length; nil if the connection ends before.
    private static func readRequest(_ connection: Int32) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let length = text.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) }
            if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
        }
    }

    private static func write(_ text: String, to connection: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // The other side may hang up before it has read everything.
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
