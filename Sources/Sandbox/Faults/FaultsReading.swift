/// A control request that cannot be carried out.
struct BadControl: Error {
    let reason: String
}

extension Faults {
    /// The fields that are one probability.
    private static let probabilities: [(name: String, field: any (WritableKeyPath<Faults, Double> & Sendable))] = [
        ("hang", \.hang), ("hang_after", \.hangAfter), ("reset_before", \.resetBefore), ("reset_after", \.resetAfter),
        ("garbage", \.garbage), ("noise", \.noise), ("truncate", \.truncate), ("stall", \.stall),
        ("wrong_type", \.wrongType),
    ]
    /// An hour, in milliseconds.
    private static let longestLatency = 3_600_000
    /// The other fields.
    private static let others = [
        "latency_ms", "status", "status_after", "poison", "poison_status", "retry_after", "times", "seed",
    ]

    /// Reads what was put to `/sandbox/{vendor}/faults`.
    /// - Throws: ``BadControl`` naming the field.
    init(_ json: SandboxJSON) throws {
        guard let members = json.members else { throw BadControl(reason: "the body must be a JSON object") }
        for member in members { try read(member.name, member.value) }
    }

    private mutating func read(_ name: String, _ value: SandboxJSON) throws {
        if let probability = Self.probabilities.first(where: { $0.name == name }) {
            self[keyPath: probability.field] = try Self.probability(value, name)
            return
        }
        switch name {
        case "latency_ms":
            let bounds = value.array?.compactMap { $0.number.flatMap { Int($0) } } ?? []
            guard bounds.count == 2, bounds[0] >= 0, bounds[0] <= bounds[1], bounds[1] <= Self.longestLatency else {
                throw BadControl(reason: "latency_ms must be [least, most], at most \(Self.longestLatency)")
            }
            latency = bounds[0]...bounds[1]
        case "status": status = try Self.statuses(value, name)
        case "status_after": statusAfter = try Self.statuses(value, name)
        case "poison":
            guard let ids = value.array?.compactMap(\.string) else {
                throw BadControl(reason: "poison must be a list of ids")
            }
            poison = ids
        case "poison_status":
            let status = try Self.count(value, name)
            guard (200...599).contains(status) else {
                throw BadControl(reason: "poison_status must be a status from 200 to 599")
            }
            poisonStatus = status
        case "retry_after":
            guard let text = value.string ?? value.number.flatMap({ Int($0) }).flatMap({ $0 >= 0 ? "\($0)" : nil })
            else { throw BadControl(reason: "retry_after must be whole seconds or the header's text") }
            retryAfter = text
        case "times": times = try Self.count(value, name)
        case "seed": seed = UInt64(try Self.count(value, name))
        default:
            let names = Self.probabilities.map(\.name) + Self.others
            throw BadControl(reason: "unknown fault \"\(name)\"; there are \(names.joined(separator: ", "))")
        }
    }

    private static func count(_ value: SandboxJSON, _ name: String) throws -> Int {
        guard let number = value.number.flatMap({ Int($0) }), number >= 0 else {
            throw BadControl(reason: "\(name) must be an integer")
        }
        return number
    }

    /// A number from 0 to 1.
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
            guard let status = Int(member.name), (200...599).contains(status) else {
                throw BadControl(reason: "\"\(member.name)\" in \(name) is not a response status")
            }
            found[status] = try probability(member.value, name)
        }
        // Sums of decimals such as 0.1 are a little off.
        guard found.values.reduce(0, +) <= 1.000_001 else {
            throw BadControl(reason: "the probabilities of \(name) add up to more than 1")
        }
        return found
    }
}
