import Foundation
import Synchronization
import TestSupport

/// A vendor at the edge of the engine: takes connections on a plain socket and does with each what the script says, down to the byte.
final class RawVendor: Sendable {
    /// What becomes of a connection.
    enum Act: Sendable {
        /// Ends it before a byte of the request is read.
        case hangUp
        /// Reads the request, then ends the connection.
        case readAndHangUp
        /// Reads the request, sends these bytes, and ends the connection.
        case answer(String)
        /// Sends these bytes before it reads any, and ends the connection.
        case greet(String)
        /// Reads the request and says nothing until the test is over.
        case stayMute
        /// Does these one after the other, and then says nothing until the test is over.
        case play([Step])
    }

    /// What is done with a connection that carries more than one request.
    enum Step: Sendable {
        /// Reads one request.
        case read
        /// Reads a part of a request and leaves the rest.
        case readSome
        case send(String)
        /// Sends these bytes again and again until the other side has ended the connection.
        case drip(String)
        /// Sends so many bytes, and says when the system takes no more for the first time.
        case flood(Int, isFull: DispatchSemaphore)
        /// Waits until the test says so.
        case wait(DispatchSemaphore)
        /// Sends that this is the end, and says that it was sent.
        case end(DispatchSemaphore)
        /// Sends that this is the end, and waits until the other side has ended the connection too.
        case finish
        /// Ends the connection in a way that the other side takes for a failure.
        case reset
        /// Waits until the other side has ended the connection.
        case awaitEnd
    }

    let port: Int
    private let listener: Int32
    private let seen = Mutex<[String]>([])
    private let taken = Mutex(0)
    private let endedByOther = Mutex(0)
    private let open = Mutex<[Int32]>([])
    /// In the order in which they were taken.
    private let descriptors = Mutex<[Int32]>([])

    /// - Parameter act: told the number of the connection, from 0.
    init(_ act: @escaping @Sendable (Int) -> Act) throws {
        (listener, port) = try LoopbackSocket.listen(backlog: 128)
        Thread.detachNewThread { [self] in
            var number = 0
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Only here: a number that is closed may be another socket's the next moment.
                    close(listener)
                    return
                }
                descriptors.withLock { $0.append(connection) }
                taken.withLock { $0 += 1 }
                let act = act(number)
                if case .play(let steps) = act {
                    Thread.detachNewThread { [self] in play(steps, connection) }
                } else {
                    serve(connection, act)
                }
                number += 1
            }
        }
    }

    /// The requests that were read until now, head and body.
    var requests: [String] { seen.withLock { $0 } }

    /// How many connections were taken until now.
    var connections: Int { taken.withLock { $0 } }

    /// How many connections the other side has ended, of those for whose end the script waits.
    var ended: Int { endedByOther.withLock { $0 } }

    /// Sends on the connection of this number, from 0, that this is the end, whatever its script does. The script must not close it.
    func end(_ number: Int) {
        shutdown(descriptors.withLock { $0[number] }, Int32(SHUT_WR))
    }

    /// Takes no further connection and ends those that are open.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in open.withLock({ $0 }) { close(connection) }
    }

    private func serve(_ connection: Int32, _ act: Act) {
        switch act {
        case .hangUp:
            close(connection)
        case .readAndHangUp:
            read(connection)
            close(connection)
        case .answer(let text):
            read(connection)
            write(text, to: connection)
            close(connection)
        case .greet(let text):
            write(text, to: connection)
            close(connection)
        case .stayMute:
            read(connection)
            open.withLock { $0.append(connection) }
        case .play(let steps):
            play(steps, connection)
        }
    }

    private func play(_ steps: [Step], _ connection: Int32) {
        for step in steps {
            switch step {
            case .read: read(connection)
            case .readSome:
                var buffer = [UInt8](repeating: 0, count: 100)
                _ = recv(connection, &buffer, buffer.count, 0)
            case .send(let text): write(text, to: connection)
            case .drip(let text): while write(text, to: connection) { Thread.sleep(forTimeInterval: 0.005) }
            case .flood(let count, let isFull): flood(count, isFull, to: connection)
            case .wait(let signal): signal.wait()
            case .end(let signal):
                shutdown(connection, Int32(SHUT_WR))
                signal.signal()
            case .finish:
                shutdown(connection, Int32(SHUT_WR))
                awaitEnd(of: connection)
            case .reset:
                var abort = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
                close(connection)
                return
            case .awaitEnd: awaitEnd(of: connection)
            }
        }
        open.withLock { $0.append(connection) }
    }

    private func awaitEnd(of connection: Int32) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while recv(connection, &buffer, buffer.count, 0) > 0 {}
        endedByOther.withLock { $0 += 1 }
    }

    /// - Returns: false if the other side has ended the connection.
    @discardableResult private func write(_ text: String, to connection: Int32) -> Bool {
        Array(text.utf8).withUnsafeBytes {
            send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) >= 0
        }
    }

    private func flood(_ count: Int, _ isFull: DispatchSemaphore, to connection: Int32) {
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
        var (left, wasFull) = (count, false)
        while left > 0 {
            let flags = Int32(MSG_NOSIGNAL) | (wasFull ? 0 : Int32(MSG_DONTWAIT))
            let sent = send(connection, piece, min(left, piece.count), flags)
            if sent > 0 {
                left -= sent
            } else if !wasFull, errno == EAGAIN {
                wasFull = true
                isFull.signal()
            } else {
                break
            }
        }
        // If it was never full, nobody shall wait for it.
        if !wasFull { isFull.signal() }
    }

    /// Reads until head and body are complete, by `Content-Length`.
    private func read(_ connection: Int32) {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let text = String(decoding: received, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let expected = text[..<end.lowerBound].components(separatedBy: "\r\n")
                    .first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                if text[end.upperBound...].utf8.count >= expected ?? 0 {
                    seen.withLock { $0.append(text) }
                    return
                }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            received += buffer[..<count]
        }
    }
}
