import Events
import JSON

/// A meter's filter, as the parameter `filter` of a list has it: clauses about properties, joined by `and` or `or`, nested.
indirect enum PolarMeterFilter: Sendable {
    case all([PolarMeterFilter])
    case any([PolarMeterFilter])
    case clause(property: String, PolarOperator, PolarFilterValue)

    /// Whether an event matches; an empty filter with `or` matches everything.
    func takes(_ event: AcceptedEvent, _ metadata: PolarMetadata) -> Bool {
        switch self {
        case .all(let filters): filters.allSatisfy { $0.takes(event, metadata) }
        // No clause at all restricts nothing.
        case .any(let filters): filters.isEmpty || filters.contains { $0.takes(event, metadata) }
        case .clause(let property, let comparison, let value):
            Self.compare(property, comparison, value, event, metadata)
        }
    }

    /// The properties that Polar keeps in columns of their own: where one is missing, no comparison holds.
    private static let columns: Set<String> = [
        "_cost.amount", "_cost.currency", "_llm.vendor", "_llm.model", "_llm.input_tokens", "_llm.output_tokens",
    ]

    /// Compares one property: those of the event itself have fixed types, all others are metadata.
    private static func compare(
        _ property: String,
        _ comparison: PolarOperator,
        _ value: PolarFilterValue,
        _ event: AcceptedEvent,
        _ metadata: PolarMetadata
    ) -> Bool {
        switch property {
        case "name": return value.isText && comparison.holds(.text(event.name), value)
        case "source": return value.isText && comparison.holds(.text("user"), value)
        case "timestamp":
            let (seconds, rest) = event.timestamp.milliseconds.quotientAndRemainder(dividingBy: 1000)
            return !value.isText && comparison.holds(.number(Double(rest < 0 ? seconds - 1 : seconds)), value)
        default:
            let found = metadata.value(at: property)
            if found == nil, columns.contains(property) { return false }
            let isText = value.isText || comparison.isAboutText
            return comparison.holds(isText ? .text(of: found) : .number(of: found), value)
        }
    }
}

/// What a clause compares with.
enum PolarFilterValue: Sendable, Equatable {
    case text(String)
    case number(Double)
    case bool(Bool)

    var isText: Bool { if case .text = self { true } else { false } }

    /// A property as text: what is no string by its JSON, what is missing as nothing (ClickHouse, `JSONExtractString`).
    static func text(of property: JSONValue?) -> PolarFilterValue {
        guard let property, !property.isNull else { return .text("") }
        return .text(property.string ?? String(decoding: property.raw, as: UTF8.self))
    }

    /// A property as a number: text by its digits, what is missing or no number as 0 (ClickHouse, `JSONExtractFloat`).
    static func number(of property: JSONValue?) -> PolarFilterValue {
        if let bool = property?.bool { return .number(bool ? 1 : 0) }
        return .number((property?.numberText ?? property?.string).flatMap { Double($0) } ?? 0)
    }

    /// As Polar writes it into a comparison of text.
    fileprivate var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): "\(number)".hasSuffix(".0") ? String("\(number)".dropLast(2)) : "\(number)"
        case .bool(let bool): bool ? "t" : "f"
        }
    }

    fileprivate var number: Double {
        switch self {
        case .text(let text): Double(text) ?? 0
        case .number(let number): number
        case .bool(let bool): bool ? 1 : 0
        }
    }
}

/// How a clause compares.
enum PolarOperator: String, Sendable, CaseIterable {
    case eq, ne, gt, gte, lt, lte, like
    case notLike = "not_like"

    /// Whether it looks at text, whatever the value is.
    var isAboutText: Bool { self == .like || self == .notLike }

    /// Whether `found` compares so with `value`: text by its bytes, everything else by its number.
    func holds(_ found: PolarFilterValue, _ value: PolarFilterValue) -> Bool {
        switch self {
        // The text stands for itself; nothing in it stands for anything else.
        case .like: return found.text.utf8.contains(value.text.utf8)
        case .notLike: return !found.text.utf8.contains(value.text.utf8)
        case .eq, .ne, .gt, .gte, .lt, .lte: break
        }
        guard found.isText else { return ordered(found.number, value.number, by: <) }
        return ordered(Array(found.text.utf8), Array(value.text.utf8)) { $0.lexicographicallyPrecedes($1) }
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
}
