import Foundation
import TestSupport

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Bytes on a socket, for requests that no HTTP client sends.
enum RawRequest {
    /// The server neither went on nor closed the connection.
    struct Silence: Error, CustomStringConvertible {
        let received: String
        var description: String { "nothing more came, and the connection stayed open: \(received)" }
    }

    /// Sends the bytes and reads until the server closes or `isDone` says that enough has come; by default a whole head.
    /// - Throws: ``Silence`` if neither happens.
    /// - Parameter closesInput: whether the sending side is closed behind the bytes.
    static func send(
        _ text: String,
        to port: Int,
        closesInput: Bool = false,
        until isDone: @escaping @Sendable (String) -> Bool = { $0.contains("\r\n\r\n") }
    ) async throws -> String {
        try await onThreadOfItsOwn { try exchange(text, port, closesInput, isDone) }
    }

    /// Sends a piece now and then, as a client does that wants to hold a connection, until the server closes or `isDone`.
    static func drip(
        _ pieces: [String],
        every milliseconds: UInt32,
        to port: Int,
        until isDone: @escaping @Sendable (String) -> Bool = { _ in false }
    ) async throws -> String {
        try await onThreadOfItsOwn {
            try connected(to: port) { descriptor in
                for piece in pieces {
                    let bytes = Array(piece.utf8)
                    guard sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), nil, 0) > 0 else { break }
                    usleep(milliseconds * 1000)
                }
                return try receive(descriptor, isDone)
            }
        }
    }

    private static func exchange(
        _ text: String,
        _ port: Int,
        _ closesInput: Bool,
        _ isDone: (String) -> Bool
    ) throws -> String {
        try connected(to: port) { descriptor in
            let bytes = Array(text.utf8)
            guard write(descriptor, bytes, bytes.count) == bytes.count else { throw POSIXError(.EPIPE) }
            if closesInput { shutdown(descriptor, Int32(SHUT_WR)) }
            return try receive(descriptor, isDone)
        }
    }

    private static func connected(to port: Int, _ body: (Int32) throws -> String) throws -> String {
        let descriptor = try LoopbackSocket.connect(to: port)
        defer { close(descriptor) }
        return try body(descriptor)
    }

    private static func receive(_ descriptor: Int32, _ isDone: (String) -> Bool) throws -> String {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EAGAIN { throw Silence(received: String(decoding: answer, as: UTF8.self)) }
            guard count > 0 else { break }
            answer += buffer.prefix(count)
            if isDone(String(decoding: answer, as: UTF8.self)) { break }
        }
        return String(decoding: answer, as: UTF8.self)
    }
}
