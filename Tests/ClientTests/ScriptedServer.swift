import Foundation
import Synchronization

/// A server at the edge of the client: takes one request a connection, keeps it, and answers as the script says.
///
/// Plain sockets on a thread of its own, so that what goes over the wire is written down here and nowhere else.
final class ScriptedServer: Sendable {
    /// One request as it came.
    struct Request: Sendable {
        let head: String
        let body: String

        /// Method and path with query.
        var target: String { head.split(separator: " ").prefix(2).joined(separator: " ") }
    }

    /// What is answered.
    struct Answer: Sendable {
        var status = 202
        var headers: [String] = []
        var body = "{}"
    }

    let port: Int
    private let listener: Int32
    private let seen = Mutex<[Request]>([])

    /// - Parameter answer: told the request and its number from 0.
    init(answer: @escaping @Sendable (Request, Int) -> Answer) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, raw, &length) == 0
            }
        }
        guard listener >= 0, isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.listener = listener
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                serve(connection, answer)
                close(connection)
            }
        }
    }

    var address: String { "http://127.0.0.1:\(port)" }

    /// The requests that came until now.
    var requests: [Request] { seen.withLock { $0 } }

    /// Takes no further connection, and ends the thread.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: Int32, _ answer: (Request, Int) -> Answer) {
        guard let request = Self.read(connection) else { return }
        let number = seen.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        let answer = answer(request, number)
        let head =
            ["HTTP/1.1 \(answer.status) Scripted", "Content-Length: \(answer.body.utf8.count)", "Connection: close"]
            + answer.headers
        let bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n" + answer.body).utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL.rawValue))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Reads a head and as much body as `Content-Length` says; nil if the peer goes away before.
    private static func read(_ connection: Int32) -> Request? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            if let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
                let body = received[end.upperBound...]
                if body.count >= length(head) {
                    return Request(head: head, body: String(decoding: body, as: UTF8.self))
                }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer[..<count]
        }
    }

    private static func length(_ head: String) -> Int {
        for line in head.components(separatedBy: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            return Int(line.dropFirst(15).trimmingCharacters(in: .whitespaces)) ?? 0
        }
        return 0
    }
}

/// Runs `body` with a server that is stopped afterwards.
func withServer<Result>(
    answering answer: @escaping @Sendable (ScriptedServer.Request, Int) -> ScriptedServer.Answer,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (ScriptedServer) async throws -> Result
) async throws -> Result {
    let server = try ScriptedServer(answer: answer)
    defer { server.stop() }
    return try await body(server)
}
