import Events
import JSON

/// What an event has for Polar alone: `vendor.polar`.
struct PolarOwnFields {
    var organization: String?
    var parent: String?
    /// The id that the parent was sent with, where ``parent`` is another.
    var parentExternalID: String?
    var customer: String?
    var member: String?
    var externalMember: String?

    /// The fields as the canonical event has them; nil if there are none. What is empty says nothing.
    var vendor: JSONText? {
        let fields = [
            ("organization_id", organization), ("parent_id", parent), ("parent_external_id", parentExternalID),
            ("customer_id", customer), ("member_id", member), ("external_member_id", externalMember),
        ].compactMap { name, text in text.flatMap { $0.isEmpty ? nil : (name, $0) } }
        guard !fields.isEmpty else { return nil }
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.key("polar")
        writer.beginObject()
        for (name, text) in fields { writer.member(name, string: text) }
        writer.endObject()
        writer.endObject()
        return JSONText(checked: writer.bytes[...])
    }
}
