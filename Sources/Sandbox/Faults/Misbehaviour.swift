import Foundation
import Hummingbird
import NIOCore
import NIOHTTP1

/// Ends a request in the ways that no well-behaved server does: without an answer, in the middle of one, or with bytes that are none.
struct Misbehaviour {
    let channel: any Channel

    /// The longest a request hangs; every client has lost its patience by then.
    private static let longestHang = Duration.seconds(120)

    /// Leaves the client without any more bytes, on an open connection.
    func hang() async throws -> Never {
        try await Task.sleep(for: Self.longestHang)
        try await cut(abruptly: true)
    }

    /// Ends the connection: by a reset, or in good order.
    func cut(abruptly: Bool) async throws -> Never {
        if abruptly, let socket = channel as? any SocketOptionProvider {
            // A connection that is closed without any patience for its bytes is reset.
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close(mode: .all)
        throw CancellationError()
    }

    /// Sends the first part of an answer, which promises more.
    func begin(_ answer: SimulatedAnswer) async throws {
        let head = Self.head(of: answer)
        let whole = head + answer.body
        // Without a body even the head ends early.
        let length = answer.body.isEmpty ? head.count / 2 : head.count + answer.body.count / 2
        try await write(Array(whole.prefix(length)))
    }

    /// Sends bytes that are not HTTP.
    func babble() async throws {
        try await write([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28] + Array("\r\n\r\n".utf8))
    }

    /// The response's head as bytes, because a well-behaved server would not send the rest.
    private static func head(of answer: SimulatedAnswer) -> [UInt8] {
        var text = "HTTP/1.1 \(answer.status) \(HTTPResponse.Status(code: answer.status).reasonPhrase)\r\n"
        for (name, value) in answer.headers { text += "\(name): \(value)\r\n" }
        return Array("\(text)Content-Length: \(answer.body.count)\r\n\r\n".utf8)
    }

    /// Writes below the encoder, which would insist on whole answers.
    private func write(_ bytes: [UInt8]) async throws {
        let buffer = ByteBuffer(bytes: bytes)
        let channel = channel
        try await channel.eventLoop.flatSubmit {
            do {
                let encoder = try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
                return encoder.writeAndFlush(NIOAny(buffer))
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }.get()
    }
}
