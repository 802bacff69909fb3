import Events
import JSON

/// An event as Polar shows it.
struct PolarShownEvent {
    private let archived: ArchivedEvent
    private let own: JSONValue?

    /// The organization of all events that name none: the gateway knows nothing of Polar's.
    static let organization = "746f6c6c-6761-4465-8000-676174657761"

    init(_ archived: ArchivedEvent) {
        self.archived = archived
        own = VendorObject.fields(for: PolarAdapter.name, in: archived.event.vendor)
    }

    func write(to writer: inout JSONWriter) {
        let event = archived.event
        let customer = own?["customer_id"]?.string
        writer.beginObject()
        writer.member("id", string: StableUUID.holding(archived.sequence.rawValue))
        writer.member("timestamp", string: event.timestamp.polarText)
        writer.member("organization_id", string: own?["organization_id"]?.string ?? Self.organization)
        writer.member("customer_id", stringOrNull: customer)
        writer.member("customer", stringOrNull: nil)
        writer.member("external_customer_id", stringOrNull: customer == nil ? event.customerID : nil)
        writer.member("member_id", stringOrNull: own?["member_id"]?.string)
        writer.member("external_member_id", stringOrNull: own?["external_member_id"]?.string)
        writer.member("child_count", integer: 0)
        writer.member("parent_id", stringOrNull: parent)
        writer.member("label", string: event.name)
        writer.member("source", string: "user")
        writer.member("name", string: event.name)
        writer.key("metadata")
        PolarShownMetadata(event).write(to: &writer)
        writer.endObject()
    }

    /// Polar shows the parent's UUID there; a parent that was named by its own id is not looked up.
    private var parent: String? {
        guard let text = own?["parent_id"]?.string, case .success(let id) = PolarUUID.read(text) else { return nil }
        return id
    }
}

/// Properties as Polar's metadata: text, numbers and booleans, beside the two structured ones.
struct PolarShownMetadata {
    private let document: JSONDocument?

    init(_ event: AcceptedEvent) {
        document = event.properties.flatMap { JSONDocument.answer(Array($0.bytes)) }
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

    private static func isCost(_ value: JSONValue) -> Bool {
        value["amount"].map { PolarDecimal.finding(in: $0) == nil } ?? false && value["currency"]?.string != nil
    }

    private static func isLLM(_ value: JSONValue) -> Bool {
        ["vendor", "model"].allSatisfy { value[$0]?.string != nil }
            && ["input_tokens", "output_tokens", "total_tokens"].allSatisfy {
                value[$0].map { PolarDecimal.integerFinding(in: $0) == nil } ?? false
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

extension Timestamp {
    /// With six decimals, or with none if they are all zero.
    var polarText: String {
        let text = rfc3339
        return milliseconds % 1000 == 0 ? "\(text.dropLast(5))Z" : "\(text.dropLast())000Z"
    }
}
