import Events
import JSON

/// Picks the members of a vendor's object that have no place in the canonical event.
enum OwnFields {
    /// The members of these names that are there and say something, as an object; nil if none is.
    static func picked(_ names: [String], from object: JSONValue) -> JSONText? {
        var writer: JSONWriter?
        for name in names {
            // An empty text has its quotes alone.
            guard let value = object[name], !value.isNull, value.plainText?.isEmpty != true else { continue }
            if writer == nil {
                writer = JSONWriter(capacity: 128)
                writer?.beginObject()
            }
            writer?.member(name, raw: value.raw)
        }
        writer?.endObject()
        return writer.map { JSONText(checked: $0.bytes[...]) }
    }

    /// Properties as a vendor shows them; nil if they are no object.
    static func properties(_ value: JSONValue?) -> JSONText? {
        guard let value, value.kind == .object else { return nil }
        return LastMemberWins.text(of: value)
    }
}
