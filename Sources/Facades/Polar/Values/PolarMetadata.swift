import Events
import JSON

/// Properties as Polar's metadata: text, numbers and booleans, beside the two structured ones.
struct PolarMetadata {
    private let document: JSONDocument?

    init(_ event: AcceptedEvent) {
        document = event.properties.flatMap { JSONDocument(ifValid: Array($0.bytes)) }
    }

    /// The property of this name, also one inside of another by a path such as `_llm.model`.
    func value(at path: String) -> JSONValue? {
        guard let root = document?.root else { return nil }
        if let value = root[path] { return value }
        return path.split(separator: ".", omittingEmptySubsequences: false).reduce(Optional(root)) { $0?[String($1)] }
    }

    /// The members as text, for a search in all of it.
    var text: String { document.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }

    /// Nulls are left out and other nested values shown as JSON text: the SDKs' models know neither.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if let members = document?.root.members {
            for member in members { Self.write(member, to: &writer) }
        }
        writer.endObject()
    }

    private static func write(_ member: JSONMember, to writer: inout JSONWriter) {
        let value = member.value
        switch value.kind {
        case .null: break
        case .bool, .number, .string: writer.member(member.name, raw: value.raw)
        case .object where member.hasName("_cost") && isCost(value): writeCost(value, to: &writer)
        case .object where member.hasName("_llm") && isLLM(value): writer.member("_llm", raw: value.raw)
        case .array, .object: writer.member(member.name, string: String(decoding: value.raw, as: UTF8.self))
        }
    }

    /// Whether a value has the form of Polar's `_cost`.
    private static func isCost(_ value: JSONValue) -> Bool {
        value["amount"].map { PolarDecimal.error(in: $0) == nil } ?? false && value["currency"]?.string != nil
    }

    /// Whether a value has the form of Polar's `_llm`.
    private static func isLLM(_ value: JSONValue) -> Bool {
        ["vendor", "model"].allSatisfy { value[$0]?.string != nil }
            && ["input_tokens", "output_tokens", "total_tokens"].allSatisfy {
                value[$0].map { PolarDecimal.integerError(in: $0) == nil } ?? false
            }
    }

    /// The amount comes back as text.
    private static func writeCost(_ value: JSONValue, to writer: inout JSONWriter) {
        writer.key("_cost")
        writer.beginObject()
        writer.member("amount", string: value["amount"].flatMap { $0.string ?? $0.numberText } ?? "0")
        writer.member("currency", string: value["currency"]?.string ?? "usd")
        writer.endObject()
    }
}
