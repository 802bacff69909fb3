import JSON

/// What a meter's filter wants of an event's name.
///
/// Conditions on other fields may hold or not, so that a filter takes too many names rather than too few. Source: polarsource/polar,
/// server/polar/meter/filter.py.
struct PolarMeterFilter: Sendable, Equatable {
    private indirect enum Condition: Sendable, Equatable {
        case all([Condition])
        case any([Condition])
        case name(operation: String, text: String)
        case always
        case never
    }

    private let condition: Condition

    /// - Parameter json: the meter's filter; one that is not understood takes every name.
    init(_ json: JSONValue?) {
        condition = json.map(Self.condition) ?? .always
    }

    /// Whether it takes an event of a name, if the event has the properties that it wants.
    func mayTake(_ name: String) -> Bool { Self.holds(condition, name) }

    private static func condition(_ json: JSONValue) -> Condition {
        guard let clauses = json["clauses"], clauses.kind == .array else { return clause(json) }
        let conditions = clauses.elements.map(condition)
        // Without a clause it takes everything.
        if conditions.isEmpty { return .always }
        switch json["conjunction"]?.string {
        case "and": return .all(conditions)
        case "or": return .any(conditions)
        default: return .always
        }
    }

    private static func clause(_ json: JSONValue) -> Condition {
        guard let operation = json["operator"]?.string else { return .always }
        switch json["property"]?.string {
        case "name":
            // A name is compared with text alone.
            return json["value"]?.string.map { .name(operation: operation, text: $0) } ?? .never
        case "source":
            // What is ingested is of the source "user".
            guard let text = json["value"]?.string else { return .never }
            return holds(.name(operation: operation, text: text), "user") ? .always : .never
        default: return .always
        }
    }

    private static func holds(_ condition: Condition, _ name: String) -> Bool {
        switch condition {
        case .all(let conditions): conditions.allSatisfy { holds($0, name) }
        case .any(let conditions): conditions.contains { holds($0, name) }
        case .always: true
        case .never: false
        case .name("eq", let text): name.utf8.elementsEqual(text.utf8)
        case .name("ne", let text): !name.utf8.elementsEqual(text.utf8)
        case .name("like", let text) where isPlain(text): name.utf8.contains(text.utf8)
        case .name("not_like", let text) where isPlain(text): !name.utf8.contains(text.utf8)
        // The order of texts depends on the store.
        case .name: true
        }
    }

    /// Whether no character of a pattern stands for others, as some did in servers of before June 2026.
    private static func isPlain(_ pattern: String) -> Bool { !pattern.utf8.contains { "%_\\".utf8.contains($0) } }
}
