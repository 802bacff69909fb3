import Foundation
import Synchronization

/// Applications that post events without pause, and repeat what was not acknowledged.
final class Load: Sendable {
    private struct State {
        var attempted: Set<String> = []
        var acknowledged: Set<String> = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let client: WebClient

    private let prefix: String

    /// - Parameter prefix: in front of every id.
    init(client: WebClient, prefix: String = "") {
        self.client = client
        self.prefix = prefix
    }

    /// Events that were posted at least once, answered or not.
    var attempted: Set<String> { state.withLock { $0.attempted } }
    /// Events that were answered with success.
    var acknowledged: Set<String> { state.withLock { $0.acknowledged } }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    func run(_ worker: Int) async {
        var number = 0
        while !state.withLock({ $0.isStopped }) {
            let id = "\(prefix)w\(worker)-\(number)"
            _ = state.withLock { $0.attempted.insert(id) }
            let event = #"{"id":"\#(id)","name":"n","customer_id":"c\#(number % 7)","properties":{"n":\#(number)}}"#
            do {
                let answer = try await client.post("/v1/events", event)
                guard answer.status == 202 else { continue }
                _ = state.withLock { $0.acknowledged.insert(id) }
                number += 1
            } catch {
                // The gateway is down: the application asks again with the same id until a connection is taken.
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}

/// Random numbers that a seed repeats.
struct SeededDice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    /// One of these, each as likely.
    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int(next() % UInt64(values.count))]
    }
}
