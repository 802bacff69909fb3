import Dispatch
import Foundation
import Synchronization

/// A network between a program and a server on this machine that can be cut: it then carries nothing, in silence, and neither end learns of
/// it.
package final class NetworkCut: Sendable {
    /// What happens to bytes that were on their way when the network was cut, and to those that are sent meanwhile.
    package enum Fate: Sendable, CaseIterable {
        /// They arrive when the network is back.
        case late
        /// They never arrive, and connections from before the cut stay silent for ever.
        case lost
    }

    private struct State {
        var isCut = false
        var isOver = false
        /// How often the network has come back.
        var returns = 0
    }

    /// Two sockets whose bytes go from one to the other.
    private struct Pair {
        let ends: [Int32]
        var isSilent = false
    }

    /// Where the program connects to.
    package let port: Int
    private let target: Int
    private let fate: Fate
    private let listener: Int32
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameter target: the server's port.
    package init(to target: Int, fate: Fate) throws {
        (self.target, self.fate) = (target, fate)
        (listener, port) = try LoopbackSocket.listen(backlog: 128)
        let thread = Thread { [self] in carry() }
        thread.name = "network"
        thread.start()
    }

    /// From now on nothing arrives.
    package func cut() { state.withLock { $0.isCut = true } }

    /// From now on everything arrives again.
    package func restore() {
        state.withLock { state in
            state.isCut = false
            state.returns += 1
        }
    }

    /// Closes all connections. Must be called once.
    package func close() {
        state.withLock { $0.isOver = true }
        ended.wait()
    }

    private func carry() {
        var (pairs, returns) = ([Pair](), 0)
        while true {
            let now = state.withLock { $0 }
            if now.isOver { break }
            if now.returns > returns, fate == .lost {
                for index in pairs.indices { pairs[index].isSilent = true }
            }
            returns = now.returns
            guard !now.isCut else {
                Thread.sleep(forTimeInterval: 0.002)
                continue
            }
            step(&pairs)
        }
        for descriptor in pairs.flatMap(\.ends) + [listener] { Foundation.close(descriptor) }
        ended.signal()
    }

    /// Carries what is there, or waits a moment for something.
    private func step(_ pairs: inout [Pair]) {
        let sockets = [listener] + pairs.filter { !$0.isSilent }.flatMap(\.ends)
        var polled = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&polled, nfds_t(polled.count), 5) > 0 else { return }
        let readable = Set(polled.filter { $0.revents != 0 }.map(\.fd))
        if readable.contains(listener), let pair = accepted() { pairs.append(pair) }
        pairs.removeAll { pair in
            guard !pair.isSilent else { return false }
            let isOver = zip(pair.ends, pair.ends.reversed()).contains { from, to in
                readable.contains(from) && !Self.move(from, to)
            }
            if isOver { for end in pair.ends { Foundation.close(end) } }
            return isOver
        }
    }

    private func accepted() -> Pair? {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return nil }
        guard let server = try? LoopbackSocket.connect(to: target) else {
            // The server is down; the client is told so.
            Foundation.close(client)
            return nil
        }
        return Pair(ends: [client, server])
    }

    /// - Returns: whether the connection is still open.
    private static func move(_ from: Int32, _ to: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(from, &buffer, buffer.count, 0)
        var sent = 0
        while sent < count {
            let written = buffer[sent..<count].withUnsafeBytes {
                send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return false }
            sent += written
        }
        return count > 0
    }
}
