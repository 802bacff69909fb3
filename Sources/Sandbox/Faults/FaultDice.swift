import Randomness
import Synchronization

/// Draws what goes wrong, request by request, repeatably from a seed.
final class FaultDice: Sendable {
    /// What happens to one request.
    struct Roll: Sendable {
        var latencyMilliseconds = 0
        var mishap = Mishap.none
    }

    fileprivate struct State {
        var faults = Faults()
        fileprivate var generator: SplitMix
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(generator: SplitMix(seed: seed)))
    }

    var faults: Faults { state.withLock { $0.faults } }

    /// Sets the faults; with a seed, the same requests fail in each run.
    func set(_ faults: Faults) {
        state.withLock { state in
            state.faults = faults
            if let seed = faults.seed { state.generator = SplitMix(seed: seed) }
        }
    }

    /// Decides what goes wrong with the next request.
    func roll() -> Roll {
        state.withLock { state in
            var roll = Roll()
            if let latency = state.faults.latency {
                roll.latencyMilliseconds = Int.random(in: latency, using: &state.generator)
            }
            guard state.faults.mayFail else { return roll }
            roll.mishap = state.mishap()
            if roll.mishap != .none, let times = state.faults.times { state.faults.times = times - 1 }
            return roll
        }
    }
}

extension FaultDice.State {
    fileprivate mutating func mishap() -> Mishap {
        if hits(faults.hang) { return .hang(applied: false) }
        if hits(faults.hangAfter) { return .hang(applied: true) }
        if hits(faults.resetBefore) { return .cut(applied: false, abruptly: hits(0.5)) }
        if hits(faults.resetAfter) { return .cut(applied: true, abruptly: hits(0.5)) }
        if let status = pick(faults.status) { return .status(status, applied: false) }
        if let status = pick(faults.statusAfter) { return .status(status, applied: true) }
        if hits(faults.garbage) { return .garbage }
        if hits(faults.noise) { return .noise }
        if hits(faults.truncate) { return .truncate }
        if hits(faults.stall) { return .stall }
        return hits(faults.wrongType) ? .wrongType : .none
    }

    /// Whether an event with this probability happens now.
    private mutating func hits(_ probability: Double) -> Bool {
        probability > 0 && Double.random(in: 0..<1, using: &generator) < probability
    }

    /// One of these statuses by their probabilities; nil for none.
    private mutating func pick(_ statuses: [Int: Double]) -> Int? {
        guard !statuses.isEmpty else { return nil }
        var point = Double.random(in: 0..<1, using: &generator)
        for (status, probability) in statuses.sorted(by: { $0.key < $1.key }) {
            if point < probability { return status }
            point -= probability
        }
        return nil
    }
}
