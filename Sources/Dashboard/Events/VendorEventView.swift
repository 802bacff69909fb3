import Events
import JSON

/// An event as a vendor shows it, beside the one that was accepted.
enum VendorEventView {
    /// As JSON for people.
    static func text(_ event: VendorEvent, hidesProperties: Bool) -> String {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("id", stringOrNull: event.id)
        writer.member("name", string: event.name)
        if let customer = event.customerID { writer.member("customer_id", string: customer) }
        if let subscription = event.subscriptionID { writer.member("subscription_id", string: subscription) }
        writer.member("timestamp", string: event.timestamp.rfc3339)
        if let source = event.source { writer.member("source", string: source) }
        if let properties = event.properties { writer.member("properties", raw: properties.bytes) }
        if let own = event.own { writer.member("vendor", raw: own.bytes) }
        writer.endObject()
        return EventText.indented(writer.bytes, hiding: hidesProperties ? ["properties", "vendor"] : [])
    }

    /// The fields that both have and that differ, and properties that one of them lacks. What the vendor does not show is no difference.
    /// - Parameter name: under which the event was sent.
    static func differences(
        of shown: VendorEvent,
        from event: AcceptedEvent,
        named name: String
    ) -> [(field: String, accepted: String?, shown: String?)] {
        var found: [(field: String, accepted: String?, shown: String?)] = []
        func compare(_ field: String, _ accepted: String?, _ shown: String?) {
            // Byte for byte: to a vendor, a composed letter and its decomposed form are two.
            if let accepted, let shown, accepted.exact != shown.exact { found.append((field, accepted, shown)) }
        }
        compare("id", event.id.rawValue, shown.id)
        compare("name", name, shown.name)
        compare("customer_id", event.customerID, shown.customerID)
        compare("subscription_id", event.subscriptionID, shown.subscriptionID)
        // Some vendors keep whole seconds.
        if abs(event.timestamp.milliseconds - shown.timestamp.milliseconds) >= 1000 {
            compare("timestamp", event.timestamp.rfc3339, shown.timestamp.rfc3339)
        }
        compare("source", event.source, shown.source)
        guard let properties = shown.properties else { return found }
        return found + properties.differences(from: event.properties)
    }
}

extension JSONText {
    /// The members that differ from those of another object, in the order of that one.
    fileprivate func differences(from accepted: JSONText?) -> [(field: String, accepted: String?, shown: String?)] {
        let (own, other) = (members(of: self), accepted.map(members) ?? [:])
        return Set(own.keys).union(other.keys).sorted().compactMap { name in
            let (mine, theirs) = (own[name], other[name])
            if let mine, let theirs, JSONValue.isEqual(mine, theirs) { return nil }
            return ("properties.\(name.rawValue)", theirs.map(Self.text), mine.map(Self.text))
        }
    }

    private func members(of text: JSONText) -> [ExactText: JSONValue] {
        guard let document = JSONDocument(ifValid: Array(text.bytes)) else { return [:] }
        return Dictionary(document.root.members.map { ($0.name.exact, $0.value) }) { _, last in last }
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.raw, as: UTF8.self) }
}

extension JSONValue {
    /// Whether two values mean the same. A number that a vendor shows as text is one.
    fileprivate static func isEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if sameContent(left, right) { return true }
        guard let one = JSONNumber(left.scalarText), let other = JSONNumber(right.scalarText) else { return false }
        return one == other
    }

    private var scalarText: String { string ?? numberText ?? "" }
}
