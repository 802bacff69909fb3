import Events
import JSON
import Vendors

/// Reads one event of a Flexprice request by Flexprice's rules. Unknown fields are ignored.
struct FlexpriceEventReader {
    private(set) var faults: [FlexpriceFault] = []

    private enum Field: Int, MemberName {
        case name, customer, id, ownCustomer, timestamp, source, properties

        static let names = spelled {
            switch $0 {
            case .name: "event_name"
            case .customer: "external_customer_id"
            case .id: "event_id"
            case .ownCustomer: "customer_id"
            case .timestamp: "timestamp"
            case .source: "source"
            case .properties: "properties"
            }
        }
    }

    /// - Returns: nil if anything is wrong; ``faults`` says what.
    mutating func read(_ value: JSONValue) -> CanonicalEvent? {
        guard value.kind == .object else {
            faults.append(.unreadable("event", "must be an object, found \(value.kind.phrase)"))
            return nil
        }
        let members = NamedMembers<Field>(of: value, by: .go)
        let name = name(members[.name])
        let customer = text(members[.customer], "external_customer_id", most: 255) ?? ""
        if customer.isEmpty, faults.allSatisfy({ $0.field != "external_customer_id" }) {
            faults.append(.rule(.missing, "IngestEventRequest.ExternalCustomerID", "required"))
        }
        let id = text(members[.id], "event_id", most: 255)
        let own = text(members[.ownCustomer], "customer_id", most: 1024)
        let timestamp = timestamp(members[.timestamp])
        let source = text(members[.source], "source", most: 1024)
        let properties = properties(members[.properties], isRepeated: members.isRepeated(.properties))
        guard faults.isEmpty else { return nil }
        return CanonicalEvent(
            id: id.map { EventID($0) },
            // Only an id that the application chose can meet the same one of another event.
            idScope: id == nil ? "" : FlexpriceScope.text(customer: customer, timestamp: timestamp),
            name: name,
            customerID: customer,
            timestamp: timestamp,
            source: source,
            properties: properties,
            vendor: own.map(Self.vendor)
        )
    }

    /// Without the whitespace around it, as Flexprice stores it. A blank one passes there, and fails where nobody sees it.
    private mutating func name(_ value: JSONValue?) -> String {
        guard let text = text(value, "event_name", most: nil) else {
            if value == nil || value?.kind == .string {
                faults.append(.rule(.missing, "IngestEventRequest.EventName", "required"))
            }
            return ""
        }
        let name = Self.trimmed(text)
        if name.isEmpty { faults.append(.rule(.missing, "IngestEventRequest.EventName", "required")) }
        if name.utf8.count > 128, name.unicodeScalars.count > 128 {
            faults.append(.rule(.limit, "IngestEventRequest.EventName", "max"))
        }
        return name
    }

    /// A text; nil if it is absent, null or empty.
    private mutating func text(_ value: JSONValue?, _ field: String, most: Int?) -> String? {
        guard let value else { return nil }
        guard let text = value.string else {
            faults.append(.unreadable(field, "must be a string, found \(value.kind.phrase)"))
            return nil
        }
        if let most, text.utf8.count > most {
            faults.append(FlexpriceFault(kind: .limit, field: field, text: "must have at most \(most) bytes"))
        }
        return text.isEmpty ? nil : text
    }

    /// Flexprice accepts RFC 3339 only.
    private mutating func timestamp(_ value: JSONValue?) -> Timestamp? {
        guard let value else { return nil }
        guard let timestamp = value.string.flatMap(FlexpriceTimestamp.read) else {
            let form = "must be an RFC 3339 string such as \"2024-03-20T15:04:05Z\""
            faults.append(
                .unreadable("timestamp", "\(form), found \(String(decoding: value.raw.prefix(60), as: UTF8.self))")
            )
            return nil
        }
        return FlexpriceTimestamp.isZero(timestamp) ? nil : timestamp
    }

    /// An object; values keep their bytes.
    private mutating func properties(_ value: JSONValue?, isRepeated: Bool) -> JSONText? {
        guard let value else { return nil }
        guard value.kind == .object else {
            faults.append(.unreadable("properties", "must be an object, found \(value.kind.phrase)"))
            return nil
        }
        // Go would put the members of both together.
        if isRepeated { faults.append(.unreadable("properties", "is duplicated in one event")) }
        if value.depth > EventReader.deepest {
            let text = "arrays and objects are nested more than \(EventReader.deepest) levels deep"
            faults.append(FlexpriceFault(kind: .limit, field: "properties", text: text))
        }
        // Go reads every number into a 64-bit float.
        if let number = NumberPrecision.firstOverflow(in: value) {
            let shown = String(decoding: number.prefix(60), as: UTF8.self)
            faults.append(.unreadable("properties", "the number \(shown) is beyond the range of a 64-bit float"))
        }
        return LastMemberWins.text(of: value)
    }

    /// Go's `strings.TrimSpace`.
    private static func trimmed(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last else { return text }
        // Most texts begin and end with something that can be seen.
        if (0x21...0x7E).contains(first), (0x21...0x7E).contains(last) { return text }
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let end = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[start...end])
    }

    /// Keeps Flexprice's own customer ID, for which the canonical event has no field.
    private static func vendor(customer: String) -> JSONText {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.key("flexprice")
        writer.beginObject()
        writer.member("customer_id", string: customer)
        writer.endObject()
        writer.endObject()
        return JSONText(checked: writer.bytes[...])
    }
}
