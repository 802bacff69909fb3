import Foundation
import Synchronization
import TestSupport

/// A small HTTP server that keeps what is posted to it, and responds as its path says: `/500`, `/hang`, or anything else with 200.
final class ReceivingServer: Sendable {
    /// One request.
    struct Received: Sendable {
        let path: String
        /// By lower-case name.
        let fields: [String: String]
        let body: [UInt8]

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
        }
    }

    let port: Int
    private let listener: Int32
    private let requests = Mutex<[Received]>([])
    private let isStopped = Atomic(false)

    init() throws {
        (listener, port) = try LoopbackSocket.listen(backlog: 64)
        Thread.detachNewThread { self.accept() }
    }

    var base: String { "http://127.0.0.1:\(port)" }

    /// What was posted to a path so far.
    func received(_ path: String) -> [Received] { requests.withLock { $0.filter { $0.path == path } } }

    /// Accepts no more connections.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        // Ends the call that waits for a connection.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while !isStopped.load(ordering: .relaxed) {
            let connection = Foundation.accept(listener, nil, nil)
            guard connection >= 0 else { break }
            Thread.detachNewThread {
                self.serve(connection)
                close(connection)
            }
        }
        close(listener)
    }

    /// One request a connection.
    private func serve(_ connection: Int32) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            bytes += buffer[..<count]
            if let request = Self.request(in: bytes) {
                requests.withLock { $0.append(request) }
                return respond(to: request, connection)
            }
        }
    }

    private func respond(to request: Received, _ connection: Int32) {
        if request.path == "/hang" {
            // Until the other side has had enough.
            var byte: UInt8 = 0
            _ = read(connection, &byte, 1)
            return
        }
        let status = request.path == "/500" ? "500 Internal Server Error" : "200 OK"
        let text = Array("HTTP/1.1 \(status)\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".utf8)
        _ = write(connection, text, text.count)
    }

    /// Nil until all of it is there.
    private static func request(in bytes: [UInt8]) -> Received? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count - end.upperBound >= length else { return nil }
        let path = lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
        return Received(path: path, fields: fields, body: Array(bytes[end.upperBound..<(end.upperBound + length)]))
    }
}
