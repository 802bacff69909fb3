import Foundation
import NIOHTTP1
import Synchronization

/// Applications that post events without pause, repeat what was not acknowledged, and now and then what was.
final class Load: Sendable {
    private struct State {
        var attempted: Set<String> = []
        var acknowledged: Set<String> = []
        var conflicts: [String] = []
        var refusals: [String: Int] = [:]
        var hintless: [String] = []
        var pause: Duration?
        var isStopped = false
    }

    private let state = Mutex(State())
    /// Those of several gateways over one journal; each event goes to one of them, and its repeats to others.
    private let clients: [WebClient]
    private let prefix: String
    /// Of all events, so that the gateway's clock does not decide it and a repeat has the same one.
    private let timestamp = Int(Date().timeIntervalSince1970)

    /// - Parameter prefix: in front of every id.
    convenience init(client: WebClient, prefix: String = "") {
        self.init(clients: [client], prefix: prefix)
    }

    /// - Parameters:
    ///   - clients: of gateways over one journal.
    ///   - prefix: in front of every id.
    init(clients: [WebClient], prefix: String = "") {
        self.clients = clients
        self.prefix = prefix
    }

    /// Events that were posted at least once, answered or not.
    var attempted: Set<String> { state.withLock { $0.attempted } }
    /// Events that were answered with success.
    var acknowledged: Set<String> { state.withLock { $0.acknowledged } }
    /// Answers to repeats of acknowledged events that said anything but "known already".
    var conflicts: [String] { state.withLock { $0.conflicts } }

    /// How often the gateway could not store an event, by the kind of problem.
    var refusals: [String: Int] { state.withLock { $0.refusals } }
    /// Such answers without a hint when to try again.
    var hintless: [String] { state.withLock { $0.hintless } }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// From now on each application waits a little between two events.
    func slowDown() {
        state.withLock { $0.pause = .milliseconds(50) }
    }

    func run(_ worker: Int) async {
        var (number, turn) = (0, worker)
        while !state.withLock({ $0.isStopped }) {
            let id = id(worker, number)
            _ = state.withLock { $0.attempted.insert(id) }
            turn += 1
            guard await post(worker, number, turn) == 202 else { continue }
            _ = state.withLock { $0.acknowledged.insert(id) }
            if number.isMultiple(of: 10) { await repeatEarlier(worker, number / 2, turn + 1) }
            number += 1
            if let pause = state.withLock({ $0.pause }) { try? await Task.sleep(for: pause) }
        }
    }

    private func id(_ worker: Int, _ number: Int) -> String { "\(prefix)w\(worker)-\(number)" }

    /// - Parameter turn: chooses the gateway.
    /// - Returns: the answer's status; nil if none came.
    private func post(_ worker: Int, _ number: Int, _ turn: Int) async -> Int? {
        let event =
            #"{"id":"\#(id(worker, number))","name":"n","customer_id":"c\#(number % 7)","timestamp":\#(timestamp),"#
            + #""properties":{"n":\#(number)}}"#
        do {
            let answer = try await clients[turn % clients.count].post("/v1/events", event)
            if answer.status == 503 { note(answer) }
            return answer.status
        } catch {
            // The gateway is down: the application asks again with the same id until a connection is taken.
            try? await Task.sleep(for: .milliseconds(5))
            return nil
        }
    }

    private func note(_ answer: WebClient.Answer) {
        let type = (try? answer.object())?["type"] as? String ?? ""
        let hint = answer.headers.first(name: "Retry-After").flatMap { Int($0) } ?? 0
        state.withLock { state in
            state.refusals[type.split(separator: ":").last.map(String.init) ?? "", default: 0] += 1
            if hint < 1 { state.hintless.append(answer.text) }
        }
    }

    private func repeatEarlier(_ worker: Int, _ number: Int, _ turn: Int) async {
        guard let status = await post(worker, number, turn), status != 202, status < 500, status != 429 else { return }
        state.withLock { $0.conflicts.append("\(status) for \(id(worker, number))") }
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
