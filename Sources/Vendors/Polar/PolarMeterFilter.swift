import Events
import JSON

/// A meter's filter, as the parameter `filter` of a list has it: clauses about properties, joined by `and` or `or`, nested.
indirect enum PolarMeterFilter: Sendable {
    case all([PolarMeterFilter])
    case any([PolarMeterFilter])
    case clause(property: String, PolarOperator, PolarFilterValue)

    func takes(_ event: AcceptedEvent, _ metadata: PolarShownMetadata) -> Bool {
        switch self {
        case .all(let filters): filters.allSatisfy { $0.takes(event, metadata) }
        // No clause at all restricts nothing.
        case .any(let filters): filters.isEmpty || filters.contains { $0.takes(event, metadata) }
        case .clause(let property, let comparison, let value):
            Self.compare(property, comparison, value, event, metadata)
        }
    }

    private static func compare(
        _ property: String,
        _ comparison: PolarOperator,
        _ value: PolarFilterValue,
        _ event: AcceptedEvent,
        _ metadata: PolarShownMetadata
    ) -> Bool {
        switch property {
        case "name": return value.isText && comparison.holds(.text(event.name), value)
        case "source": return value.isText && comparison.holds(.text("user"), value)
        case "timestamp":
            let seconds = Double(
                (event.timestamp.milliseconds - (event.timestamp.milliseconds % 1000 + 1000) % 1000) / 1000
            )
            return !value.isText && comparison.holds(.number(seconds), value)
        default:
            guard let found = metadata.value(at: property).flatMap(PolarFilterValue.init(property:)) else {
                return false
            }
            return comparison.holds(found, value)
        }
    }
}

/// What a clause compares with.
enum PolarFilterValue: Sendable, Equatable {
    case text(String)
    case number(Double)
    case bool(Bool)

    var isText: Bool { if case .text = self { true } else { false } }

    /// A property's value; nil for one that no clause holds for.
    init?(property: JSONValue) {
        if let text = property.string {
            self = .text(text)
        } else if let bool = property.bool {
            self = .bool(bool)
        } else if let number = property.numberText.flatMap({ Double($0) }) {
            self = .number(number)
        } else {
            return nil
        }
    }

    /// As PostgreSQL casts to text.
    fileprivate var words: String {
        switch self {
        case .text(let text): text
        case .number(let number): number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
        case .bool(let bool): bool ? "true" : "false"
        }
    }
}

/// How a clause compares.
enum PolarOperator: String, Sendable, CaseIterable {
    case eq, ne, gt, gte, lt, lte, like
    case notLike = "not_like"

    /// Whether `found` compares so with `value`. Text compares with text, numbers and booleans with their like.
    func holds(_ found: PolarFilterValue, _ value: PolarFilterValue) -> Bool {
        switch self {
        case .like: return Self.contains(found.words, value.words)
        case .notLike: return !Self.contains(found.words, value.words)
        case .eq, .ne, .gt, .gte, .lt, .lte: break
        }
        switch (found, value) {
        case (.text(let left), _):
            return ordered(Array(left.utf8), Array(value.words.utf8)) { $0.lexicographicallyPrecedes($1) }
        case (.number(let left), .number(let right)): return ordered(left, right, by: <)
        case (.bool(let left), .bool(let right)): return ordered(left, right) { !$0 && $1 }
        case (.number, _), (.bool, _): return false
        }
    }

    private func ordered<Value: Equatable>(_ left: Value, _ right: Value, by precedes: (Value, Value) -> Bool) -> Bool {
        switch self {
        case .eq: left == right
        case .ne: left != right
        case .gt: precedes(right, left)
        case .gte: !precedes(left, right)
        case .lt: precedes(left, right)
        case .lte: !precedes(right, left)
        case .like, .notLike: false
        }
    }

    /// SQL's LIKE with `%` around the pattern: `%` stands for anything, `_` for one character.
    private static func contains(_ text: String, _ pattern: String) -> Bool {
        let text = Array(text.unicodeScalars)
        // Which places of the text the pattern so far can end at.
        var ends = [Bool](repeating: true, count: text.count + 1)
        for scalar in pattern.unicodeScalars {
            var next = [Bool](repeating: false, count: text.count + 1)
            if scalar == "%" {
                var isReached = false
                for place in ends.indices {
                    isReached = isReached || ends[place]
                    next[place] = isReached
                }
            } else {
                for place in text.indices where ends[place] && (scalar == "_" || scalar == text[place]) {
                    next[place + 1] = true
                }
            }
            ends = next
        }
        return ends.contains(true)
    }
}
