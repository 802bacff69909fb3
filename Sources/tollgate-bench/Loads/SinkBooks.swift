import NIOCore
import Synchronization

/// What the vendors were sent, and the requests that wait for their gate.
final class SinkBooks: Sendable {
    /// A request that is not responded to while its vendor hangs.
    private struct Held {
        let vendor: String
        let events: Int
        let channel: any Channel
    }

    private struct State {
        var events: [String: Int] = [:]
        var isShut = false
        /// As many as the gateway has connections, and no more: a connection carries one request at a time.
        var held: [Held] = []
    }

    private let state = Mutex(State())

    /// Counts a request's events, or holds the request back.
    ///
    /// - Returns: whether the request is to be answered now.
    func take(_ events: Int, for vendor: String, on channel: any Channel) -> Bool {
        state.withLock {
            guard !$0.isShut else {
                $0.held.append(Held(vendor: vendor, events: events, channel: channel))
                return false
            }
            $0.events[vendor, default: 0] += events
            return true
        }
    }

    /// Opening answers and counts what was held back, as far as its sender is still there.
    func setGate(isShut: Bool) {
        let released = state.withLock { state in
            state.isShut = isShut
            guard !isShut else { return [Held]() }
            let released = state.held.filter(\.channel.isActive)
            state.held = []
            for held in released { state.events[held.vendor, default: 0] += held.events }
            return released
        }
        for held in released {
            held.channel.writeAndFlush(SinkAnswer.of(held.vendor, held.events), promise: nil)
        }
    }

    /// Events by provider.
    var json: String {
        let list = state.withLock { $0.events }
        return "{\(list.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}"
    }
}
