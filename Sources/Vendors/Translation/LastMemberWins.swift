package import Events
package import JSON

/// JSON without the members that the vendors' readers never see: of two members of one name, Ruby and Python keep the last.
///
/// Canonical JSON has each name once, so what a vendor would drop is dropped here already; everything else keeps its bytes.
package enum LastMemberWins {
    /// The value as such a reader takes it.
    package static func text(of value: JSONValue) -> JSONText {
        guard value.firstDuplicateKey != nil else { return JSONText(checked: value.raw) }
        var writer = JSONWriter(capacity: value.byteRange.count)
        write(value, to: &writer)
        return JSONText(checked: writer.bytes[...])
    }

    /// As deep as the scanner lets a text be.
    private static func write(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value.kind {
        case .null, .bool, .number, .string:
            writer.raw(value.raw)
        case .array:
            writer.beginArray()
            for element in value.elements { write(element, to: &writer) }
            writer.endArray()
        case .object:
            writer.beginObject()
            for member in lastMembers(of: value) {
                writer.key(member.name)
                write(member.value, to: &writer)
            }
            writer.endObject()
        }
    }

    /// One member a name: the last one, where the first one stood.
    package static func lastMembers(of object: JSONValue) -> [JSONMember] {
        var members: [JSONMember] = []
        var indices: [[UInt8]: Int] = [:]
        for member in object.members {
            let name = Array(member.name.utf8)
            if let index = indices[name] {
                members[index] = member
            } else {
                indices[name] = members.count
                members.append(member)
            }
        }
        return members
    }
}

extension LastMemberWins {
    /// The value of the last member of this name; nil if there is none, or if this is no object.
    package static func value(_ name: String, of object: JSONValue) -> JSONValue? {
        var found: JSONValue?
        for member in object.members where member.hasName(name) { found = member.value }
        return found
    }
}
