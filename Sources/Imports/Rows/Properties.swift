import JSON

/// The properties of an event, out of the members of a row.
enum Properties {
    /// What a text may stand for.
    enum Texts {
        /// A number or a boolean, where everything is shown as text.
        case typed
        /// The same, and nothing if it is empty.
        case table
    }

    /// An object but for some of its members; nil if no member is left.
    ///
    /// Numbers keep their digits. A text of digits that is no JSON number, such as `007`, stays a text.
    static func json(of value: JSONValue, without names: [String] = [], reading texts: Texts) -> [UInt8]? {
        var writer = JSONWriter(capacity: value.raw.count)
        writer.beginObject()
        var count = 0
        for member in value.members where !names.contains(where: { member.hasName($0) }) {
            let text = member.value.string
            if texts == .table, text?.isEmpty == true { continue }
            count += 1
            if let text, isNumberOrBoolean(text) {
                writer.member(member.name, raw: Array(text.utf8))
            } else {
                writer.member(member.name, raw: member.value.raw)
            }
        }
        writer.endObject()
        return count == 0 ? nil : writer.bytes
    }

    private static func isNumberOrBoolean(_ text: String) -> Bool {
        if text == "true" || text == "false" { return true }
        guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
            return false
        }
        do {
            let root = try JSONDocument(parsing: Array(text.utf8)).root
            // A text with a space or a line end behind the digits is more than a number.
            return root.kind == .number && root.raw.count == text.utf8.count
        } catch {
            return false
        }
    }
}
