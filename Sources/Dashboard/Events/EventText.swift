package import Events
import JSON

/// Events and other JSON as people read them: one member per line, numbers and texts byte for byte.
package enum EventText {
    /// An event as it was accepted.
    /// - Parameter hidesProperties: whether the names of properties are shown, and not their values.
    package static func canonical(_ event: AcceptedEvent, hidesProperties: Bool) -> String {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        EventWriter.writeMembers(of: event, to: &writer)
        writer.endObject()
        return indented(writer.bytes, hiding: hidesProperties ? ["properties", "vendor"] : [])
    }

    /// JSON with one member per line. What is not JSON stays as it is.
    /// - Parameter hidden: members of the outermost object whose inner values are left out.
    package static func indented(_ bytes: [UInt8], hiding hidden: Set<String> = []) -> String {
        guard let document = JSONDocument(ifValid: bytes) else {
            return hidden.isEmpty ? String(decoding: bytes, as: UTF8.self) : hiddenText
        }
        var text = ""
        write(document.root, level: 0, hiding: hidden, isHidden: false, to: &text)
        return text
    }

    /// Stands for a value that the visitor is not shown.
    static let hiddenText = "[hidden]"

    /// Whether a field is of an event's properties or of a vendor's own fields, whose values may be hidden.
    static func isOfProperties(_ field: String) -> Bool {
        ["properties", "vendor"].contains { field == $0 || field.hasPrefix("\($0).") }
    }

    /// Deeper values are written on one line.
    private static let deepest = 12

    private static func write(
        _ value: JSONValue,
        level: Int,
        hiding hidden: Set<String>,
        isHidden: Bool,
        to text: inout String
    ) {
        let margin = String(repeating: "  ", count: level + 1)
        switch value.kind {
        case .object where level < deepest:
            let members = Array(value.members)
            guard !members.isEmpty else { return text.append("{}") }
            text.append("{\n")
            for (place, member) in members.enumerated() {
                text.append(margin)
                text.append(String(decoding: member.key.raw, as: UTF8.self))
                text.append(": ")
                let hides = isHidden || (level == 0 && hidden.contains(member.name))
                write(member.value, level: level + 1, hiding: hidden, isHidden: hides, to: &text)
                text.append(place == members.count - 1 ? "\n" : ",\n")
            }
            text.append(String(margin.dropLast(2)))
            text.append("}")
        case .array where level < deepest && !isHidden:
            let elements = Array(value.elements)
            guard !elements.isEmpty else { return text.append("[]") }
            text.append("[\n")
            for (place, element) in elements.enumerated() {
                text.append(margin)
                write(element, level: level + 1, hiding: hidden, isHidden: isHidden, to: &text)
                text.append(place == elements.count - 1 ? "\n" : ",\n")
            }
            text.append(String(margin.dropLast(2)))
            text.append("]")
        default:
            text.append(isHidden ? hiddenText : String(decoding: value.raw, as: UTF8.self))
        }
    }

    /// A command that sends the event again, for a shell.
    package static func curl(_ event: AcceptedEvent, to address: String) -> String {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        EventWriter.writeMembers(of: event, to: &writer)
        writer.endObject()
        let body = String(decoding: writer.bytes, as: UTF8.self).replacingScalars("'", with: #"'\''"#)
        return "curl -i \(address)/v1/events -H \"Authorization: Bearer $TOLLGATE_KEY\" "
            + "-H 'Content-Type: application/json' -d '\(body)'"
    }
}
