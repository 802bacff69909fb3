import Foundation

/// The `filter` of a list, as the analytics store compares: text by text, everything else by number; what is missing is `''` or 0.
indirect enum PolarFilter {
    case all([PolarFilter])
    case any([PolarFilter])
    case clause(property: String, comparison: String, value: SandboxJSON)

    private static let comparisons = ["eq", "ne", "gt", "gte", "lt", "lte", "like", "not_like"]

    /// Nil if the value is no filter.
    init?(_ json: SandboxJSON) {
        guard let word = json["conjunction"]?.string, ["and", "or"].contains(word), let clauses = json["clauses"]?.array
        else { return nil }
        let filters = clauses.map { PolarFilter(clause: $0) ?? PolarFilter($0) }
        guard filters.allSatisfy({ $0 != nil }) else { return nil }
        let parts = filters.compactMap { $0 }
        self = word == "or" && !parts.isEmpty ? .any(parts) : .all(parts)
    }

    private init?(clause: SandboxJSON) {
        guard let property = clause["property"]?.string, let comparison = clause["operator"]?.string,
            Self.comparisons.contains(comparison), let value = clause["value"]
        else { return nil }
        switch value {
        case .string, .bool: break
        case .number(let text): guard Int32(text) != nil else { return nil }
        case .null, .array, .object: return nil
        }
        let name = property.hasPrefix("metadata.") ? String(property.dropFirst("metadata.".count)) : property
        self = .clause(property: name, comparison: comparison, value: value)
    }

    /// Whether an event matches the filter of a meter.
    func takes(_ event: SandboxJSON, atSecond second: Int) -> Bool {
        switch self {
        case .all(let filters): filters.allSatisfy { $0.takes(event, atSecond: second) }
        case .any(let filters): filters.contains { $0.takes(event, atSecond: second) }
        case .clause(let property, let comparison, let value): Self.holds(property, comparison, value, event, second)
        }
    }

    /// Columns of their own, which are null where the property is missing; nothing holds for null.
    private static let columns = [
        "_cost.amount", "_cost.currency", "_llm.vendor", "_llm.model", "_llm.input_tokens", "_llm.output_tokens",
    ]

    private static func holds(
        _ property: String,
        _ comparison: String,
        _ value: SandboxJSON,
        _ event: SandboxJSON,
        _ second: Int
    ) -> Bool {
        switch property {
        case "name": return value.string != nil && compare(event["name"] ?? "", comparison, value)
        case "source": return value.string != nil && compare("user", comparison, value)
        case "timestamp":
            let seconds = SandboxJSON.number("\(second)")
            return value.string == nil && compare(seconds, comparison, value)
        default:
            let found = property.split(separator: ".", omittingEmptySubsequences: false).reduce(event["metadata"]) {
                $0?[String($1)]
            }
            if found == nil, columns.contains(property) { return false }
            return compare(found ?? nil, comparison, value)
        }
    }

    private static func compare(_ found: SandboxJSON, _ comparison: String, _ value: SandboxJSON) -> Bool {
        switch comparison {
        case "like": return contains(text(found), needle(value))
        case "not_like": return !contains(text(found), needle(value))
        default: break
        }
        if let text = value.string { return order(Array(self.text(found).utf8), comparison, Array(text.utf8)) }
        return order([number(found)], comparison, [number(value)])
    }

    /// ClickHouse's `position`: byte for byte, no character stands for others.
    private static func contains(_ text: String, _ needle: String) -> Bool {
        needle.isEmpty || Data(text.utf8).range(of: Data(needle.utf8)) != nil
    }

    /// The text that is looked for; booleans are abbreviated as PostgreSQL does.
    private static func needle(_ value: SandboxJSON) -> String {
        value.bool.map { $0 ? "t" : "f" } ?? text(value)
    }

    private static func text(_ value: SandboxJSON) -> String { value.isNull ? "" : value.string ?? value.text }

    private static func number(_ value: SandboxJSON) -> Double {
        value.bool.map { $0 ? 1 : 0 } ?? (value.number ?? value.string).flatMap { Double($0) } ?? 0
    }

    private static func order<Value: Comparable>(_ left: [Value], _ comparison: String, _ right: [Value]) -> Bool {
        switch comparison {
        case "eq": left == right
        case "ne": left != right
        case "gt": right.lexicographicallyPrecedes(left)
        case "gte": !left.lexicographicallyPrecedes(right)
        case "lt": left.lexicographicallyPrecedes(right)
        default: !right.lexicographicallyPrecedes(left)
        }
    }
}
