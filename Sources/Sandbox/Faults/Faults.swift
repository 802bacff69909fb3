import Foundation
import Synchronization

/// How a simulated vendor is told to misbehave.
struct Faults: Sendable, Equatable {
    var latency: ClosedRange<Int>?
    /// Probability of each status, answered before anything is applied.
    var status: [Int: Double] = [:]
    /// Probability of each status, answered although the request was applied.
    var statusAfter: [Int: Double] = [:]
    /// Probability that the connection ends without an answer, before or after the request is applied.
    var resetBefore = 0.0
    var resetAfter = 0.0
    /// Probability that no answer ever comes.
    var hang = 0.0
    /// Probability that the request is applied and nonsense is answered.
    var garbage = 0.0
    /// Ids that make the vendor answer 500 for ever.
    var poison: [String] = []
    /// Seconds for `Retry-After` and its like.
    var retryAfter: Int?
    var seed: UInt64?

    /// The fields, for the message about a wrong one.
    static let names = [
        "latency_ms", "status", "status_after", "reset_before", "reset_after", "hang", "garbage", "poison",
        "retry_after", "seed",
    ]

    /// Reads what was put to `/sandbox/{vendor}/faults`.
    /// - Throws: ``BadControl`` naming the field.
    init(_ json: SandboxJSON) throws {
        guard let members = json.members else { throw BadControl(reason: "the body must be a JSON object") }
        for member in members {
            let value = member.value
            switch member.name {
            case "latency_ms":
                let bounds = value.array?.compactMap { $0.number.flatMap { Int($0) } } ?? []
                guard bounds.count == 2, bounds[0] >= 0, bounds[0] <= bounds[1] else {
                    throw BadControl(reason: "latency_ms must be [least, most]")
                }
                latency = bounds[0]...bounds[1]
            case "status": status = try Self.statuses(value, "status")
            case "status_after": statusAfter = try Self.statuses(value, "status_after")
            case "reset_before": resetBefore = try Self.probability(value, "reset_before")
            case "reset_after": resetAfter = try Self.probability(value, "reset_after")
            case "hang": hang = try Self.probability(value, "hang")
            case "garbage": garbage = try Self.probability(value, "garbage")
            case "poison":
                guard let ids = value.array?.compactMap(\.string) else {
                    throw BadControl(reason: "poison must be a list of ids")
                }
                poison = ids
            case "retry_after":
                guard let seconds = value.number.flatMap({ Int($0) }), seconds >= 0 else {
                    throw BadControl(reason: "retry_after must be whole seconds")
                }
                retryAfter = seconds
            case "seed": seed = value.number.flatMap { UInt64($0) }
            default:
                throw BadControl(
                    reason: "unknown fault \"\(member.name)\"; there are \(Self.names.joined(separator: ", "))"
                )
            }
        }
    }

    init() {}

    private static func probability(_ value: SandboxJSON, _ name: String) throws -> Double {
        guard let number = value.number.flatMap({ Double($0) }), (0...1).contains(number) else {
            throw BadControl(reason: "\(name) must be a probability from 0 to 1")
        }
        return number
    }

    private static func statuses(_ value: SandboxJSON, _ name: String) throws -> [Int: Double] {
        guard let members = value.members else {
            throw BadControl(reason: "\(name) must give a probability for each status")
        }
        var found: [Int: Double] = [:]
        for member in members {
            guard let status = Int(member.name), (100...599).contains(status) else {
                throw BadControl(reason: "\"\(member.name)\" in \(name) is no HTTP status")
            }
            found[status] = try probability(member.value, name)
        }
        guard found.values.reduce(0, +) <= 1 else {
            throw BadControl(reason: "the probabilities of \(name) add up to more than 1")
        }
        return found
    }
}

/// A control request that cannot be carried out.
struct BadControl: Error {
    let reason: String
}

/// Draws what goes wrong, request by request, repeatably from a seed.
final class FaultDice: Sendable {
    /// What goes wrong with one request.
    struct Roll: Sendable {
        var latencyMilliseconds = 0
        var hangs = false
        var resetsBefore = false
        var resetsAfter = false
        var status: Int?
        var statusAfter: Int?
        var isGarbage = false
    }

    fileprivate struct State {
        var faults = Faults()
        fileprivate var generator: SplitMix
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(generator: SplitMix(state: seed)))
    }

    var faults: Faults { state.withLock { $0.faults } }

    func set(_ faults: Faults) {
        state.withLock { state in
            state.faults = faults
            if let seed = faults.seed { state.generator = SplitMix(state: seed) }
        }
    }

    func roll() -> Roll {
        state.withLock { state in
            var roll = Roll()
            let faults = state.faults
            if let latency = faults.latency {
                roll.latencyMilliseconds = Int.random(in: latency, using: &state.generator)
            }
            roll.hangs = state.hits(faults.hang)
            roll.resetsBefore = state.hits(faults.resetBefore)
            roll.status = state.pick(faults.status)
            roll.resetsAfter = state.hits(faults.resetAfter)
            roll.statusAfter = state.pick(faults.statusAfter)
            roll.isGarbage = state.hits(faults.garbage)
            return roll
        }
    }
}

extension FaultDice.State {
    fileprivate mutating func hits(_ probability: Double) -> Bool {
        probability > 0 && Double.random(in: 0..<1, using: &generator) < probability
    }

    fileprivate mutating func pick(_ statuses: [Int: Double]) -> Int? {
        guard !statuses.isEmpty else { return nil }
        var point = Double.random(in: 0..<1, using: &generator)
        for (status, probability) in statuses.sorted(by: { $0.key < $1.key }) {
            if point < probability { return status }
            point -= probability
        }
        return nil
    }
}

/// Random numbers that a seed repeats.
fileprivate struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
