extension SimulatorSettings {
    private static let shared = ["visible_after_ms", "lose", "double", "alter", "seed", "rate_limits"]
    /// A day.
    private static let longestWait = 86_400_000

    /// Changes what the members name, all of it or nothing.
    /// - Throws: ``BadControl`` naming the setting.
    func changed(by json: SandboxJSON, _ traits: SettingsTraits) throws -> SimulatorSettings {
        guard let members = json.members else { throw BadControl(reason: "the body must be a JSON object") }
        var changed = self
        for member in members { try changed.read(member.name, member.value, traits) }
        let total = changed.odds.lose + changed.odds.double + changed.odds.alter
        // Sums of decimals such as 0.1 are a little off.
        guard total <= 1.000_001 else { throw BadControl(reason: "lose, double and alter add up to more than 1") }
        return changed
    }

    private mutating func read(_ name: String, _ value: SandboxJSON, _ traits: SettingsTraits) throws {
        guard (Self.shared + traits.own).contains(name) else {
            let names = (Self.shared + traits.own).joined(separator: ", ")
            throw BadControl(reason: "unknown setting \"\(name)\"; there are \(names)")
        }
        switch name {
        case "visible_after_ms": visibleAfter = try Self.range(value, name)
        case "lose": odds.lose = try Self.probability(value, name)
        case "double": odds.double = try Self.probability(value, name)
        case "alter": odds.alter = try Self.probability(value, name)
        case "seed": odds.seed = UInt64(try Self.integer(value, name, in: 0 ... .max))
        case "merge_after_ms":
            mergeAfter = value.isNull ? nil : try Self.integer(value, name, in: 0...Self.longestWait)
        case "usage_after_ms": usageAfter = try Self.integer(value, name, in: 0...Self.longestWait)
        case "rate_limits": limits = try Self.limits(value, traits)
        case "without_metric": withoutMetric = try Self.texts(value, name)
        case "without_customer": withoutCustomer = try Self.texts(value, name)
        case "without_subscription": withoutSubscription = try Self.texts(value, name)
        case "batch": largestBatch = try Self.integer(value, name, in: 1 ... .max)
        case "environment":
            guard value.isNull || value.string != nil else {
                throw BadControl(reason: "environment must be text or null")
            }
            environment = value.string
        default:
            guard let store = value.string.flatMap(LagoSimulator.Store.init) else {
                throw BadControl(reason: "store must be \"postgres\" or \"clickhouse\"")
            }
            self.store = store
        }
    }

    private static func integer(_ value: SandboxJSON, _ name: String, in range: ClosedRange<Int>) throws -> Int {
        guard let number = value.number.flatMap({ Int($0) }), range.contains(number) else {
            let bounds =
                range.upperBound == .max
                ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw BadControl(reason: "\(name) must be an integer \(bounds)")
        }
        return number
    }

    private static func texts(_ value: SandboxJSON, _ name: String) throws -> Set<String> {
        guard let list = value.array, list.allSatisfy({ $0.string != nil }) else {
            throw BadControl(reason: "\(name) must be a list of texts")
        }
        return Set(list.compactMap(\.string))
    }

    private static func list(_ texts: Set<String>) -> SandboxJSON { .array(texts.sorted().map { .string($0) }) }

    private static func probability(_ value: SandboxJSON, _ name: String) throws -> Double {
        guard let number = value.number.flatMap({ Double($0) }), (0...1).contains(number) else {
            throw BadControl(reason: "\(name) must be a probability from 0 to 1")
        }
        return number
    }

    private static func range(_ value: SandboxJSON, _ name: String) throws -> ClosedRange<Int> {
        let numbers = (value.array ?? [value, value]).map { $0.number.flatMap { Int($0) } ?? -1 }
        guard numbers.count == 2, numbers[0] >= 0, numbers[0] <= numbers[1], numbers[1] <= longestWait else {
            throw BadControl(reason: "\(name) must be milliseconds or [least, most], at most \(longestWait)")
        }
        return numbers[0]...numbers[1]
    }

    /// `true` for what the vendor documents, `false` or null for none; an object changes the documented ones.
    private static func limits(_ value: SandboxJSON, _ traits: SettingsTraits) throws -> [String: RateLimit]? {
        if value.isNull || value == false { return nil }
        guard !traits.documentedLimits.isEmpty else {
            throw BadControl(reason: "rate_limits: this vendor documents none")
        }
        var limits = traits.documentedLimits
        if value == true { return limits }
        guard let members = value.members else {
            throw BadControl(reason: "rate_limits must be true, false, or limits by class of calls")
        }
        for member in members {
            guard var limit = limits[member.name] else {
                let names = limits.keys.sorted().joined(separator: ", ")
                throw BadControl(reason: "rate_limits: unknown class \"\(member.name)\"; there are \(names)")
            }
            let field = "rate_limits.\(member.name)"
            for part in member.value.members ?? [.init(name: "requests", value: member.value)] {
                switch part.name {
                case "requests": limit.requests = try integer(part.value, field, in: 1 ... .max)
                case "window_ms":
                    limit.windowMilliseconds = try integer(part.value, "\(field).window_ms", in: 1...longestWait)
                default:
                    throw BadControl(reason: "\(field): unknown member \"\(part.name)\"; there are requests, window_ms")
                }
            }
            limits[member.name] = limit
        }
        return limits
    }

    /// All settings that the vendor has, as they are.
    func json(_ traits: SettingsTraits) -> SandboxJSON {
        var members: [SandboxJSON.Member] = [
            .init(
                name: "visible_after_ms",
                value: visibleAfter.count == 1
                    ? .number("\(visibleAfter.lowerBound)")
                    : [.number("\(visibleAfter.lowerBound)"), .number("\(visibleAfter.upperBound)")]
            ),
            .init(name: "lose", value: .number("\(odds.lose)")),
            .init(name: "double", value: .number("\(odds.double)")),
            .init(name: "alter", value: .number("\(odds.alter)")),
            .init(name: "seed", value: .number("\(odds.seed)")),
            .init(name: "rate_limits", value: limits.map(Self.json) ?? nil),
        ]
        for name in traits.own {
            switch name {
            case "merge_after_ms":
                members.append(.init(name: name, value: mergeAfter.map { .number("\($0)") } ?? nil))
            case "usage_after_ms": members.append(.init(name: name, value: .number("\(usageAfter)")))
            case "without_metric": members.append(.init(name: name, value: Self.list(withoutMetric)))
            case "without_customer": members.append(.init(name: name, value: Self.list(withoutCustomer)))
            case "without_subscription": members.append(.init(name: name, value: Self.list(withoutSubscription)))
            case "batch": members.append(.init(name: name, value: .number("\(largestBatch)")))
            case "environment": members.append(.init(name: name, value: environment.map { .string($0) } ?? nil))
            default: members.append(.init(name: name, value: .string(store.rawValue)))
            }
        }
        return .object(members)
    }

    private static func json(_ limits: [String: RateLimit]) -> SandboxJSON {
        .object(
            limits.sorted { $0.key < $1.key }.map { name, limit in
                .init(
                    name: name,
                    value: [
                        "requests": .number("\(limit.requests)"), "window_ms": .number("\(limit.windowMilliseconds)"),
                    ]
                )
            }
        )
    }
}
