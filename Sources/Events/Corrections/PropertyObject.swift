import JSON

/// An event's properties, which can be changed member by member. Unchanged values keep their bytes.
struct PropertyObject {
    private var members: [(name: String, value: [UInt8])] = []

    /// - Parameter text: a JSON object; nil for an event without properties.
    init(_ text: JSONText?) {
        guard let text, let document = JSONDocument(ifValid: Array(text.bytes)) else { return }
        members = document.root.members.map { ($0.name, Array($0.value.raw)) }
    }

    /// As JSON.
    var text: JSONText {
        var writer = JSONWriter(capacity: members.reduce(2) { $0 + $1.name.utf8.count + $1.value.count + 4 })
        writer.beginObject()
        for (name, value) in members { writer.member(name, raw: value) }
        writer.endObject()
        return JSONText(checked: writer.bytes[...])
    }

    /// The number in a property, even if it is written as text; nil if it is not a number.
    func number(_ property: String) -> JSONNumber? {
        value(property).flatMap { JSONNumber($0.numberText ?? $0.string ?? "") }
    }

    /// A copy with another number in a property; as text if it was text before.
    func setting(_ property: String, to number: String) -> PropertyObject {
        let isText = value(property)?.kind == .string
        return with(property, Array((isText ? "\"\(number)\"" : number).utf8))
    }

    /// A copy with a text in a property.
    func setting(_ property: String, toText text: String) -> PropertyObject {
        var writer = JSONWriter(capacity: text.utf8.count + 2)
        writer.string(text)
        return with(property, writer.bytes)
    }

    /// A copy with the members of another object, which replace those of the same name.
    func merged(with other: PropertyObject) -> PropertyObject {
        other.members.reduce(self) { $0.with($1.name, $1.value) }
    }

    func removing(_ property: String) -> PropertyObject {
        var object = self
        object.members.removeAll { Self.same($0.name, property) }
        return object
    }

    /// Whether both have the same content.
    func says(the other: PropertyObject) -> Bool {
        guard let own = JSONDocument(ifValid: Array(text.bytes)),
            let others = JSONDocument(ifValid: Array(other.text.bytes))
        else { return false }
        return JSONValue.sameContent(own.root, others.root)
    }

    private func with(_ property: String, _ value: [UInt8]) -> PropertyObject {
        var object = self
        if let index = members.firstIndex(where: { Self.same($0.name, property) }) {
            object.members[index].value = value
        } else {
            object.members.append((property, value))
        }
        return object
    }

    private func value(_ property: String) -> JSONValue? {
        members.first { Self.same($0.name, property) }.flatMap { JSONDocument(ifValid: $0.value)?.root }
    }

    /// Byte for byte, as vendors compare names.
    private static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
