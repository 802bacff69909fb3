import Events
import JSON

/// Writes properties one by one as ``PropertyRules`` want them; values that need no change keep their bytes.
///
/// Names are handled as they stand between their quotes, escapes included.
struct PropertyRewriter {
    /// How many properties have been written.
    private(set) var count = 0
    /// How many numbers became text.
    private(set) var numbersAsText = 0
    private let rules: PropertyRules
    private let vendor: String
    private var bytes: [UInt8] = []
    /// Names that have been written; kept only where two could meet.
    private var names: Set<[UInt8]> = []
    private let keepsNames: Bool
    /// Where the properties at hand are in the event, for messages.
    private var path = ""

    /// - Parameter keepsNames: whether a text is added at the end.
    init(rules: PropertyRules, vendor: String, keepsNames: Bool = false, capacity: Int) {
        self.rules = rules
        self.vendor = vendor
        self.keepsNames = keepsNames || rules.nested == .flatten || !rules.copied.isEmpty
        bytes.reserveCapacity(capacity)
        bytes.append(UInt8(ascii: "{"))
    }

    /// Ends the object.
    /// - Returns: what has been written, as one JSON object.
    mutating func end() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Adds the members of an object.
    /// - Parameters:
    ///   - path: where the object is in the event.
    ///   - overlay: an object whose members take precedence over those of the same name.
    mutating func add(_ object: JSONValue, at path: String, except overlay: JSONValue? = nil) throws(Untranslatable) {
        self.path = path
        guard object.kind == .object else {
            throw Untranslatable(field: path, message: "must be an object, and is \(object.kind.phrase)")
        }
        for member in object.members {
            let name = Self.content(of: member.key)
            if let overlay, overlay[member.name] != nil { continue }
            if !rules.omitted.isEmpty, Self.matches(name, rules.omitted) { continue }
            try add(member.value, as: name)
        }
    }

    /// Adds a canonical field's text, unless a property of its name is there already.
    mutating func copy(_ text: String, as field: String) throws(Untranslatable) {
        guard !names.contains(Array(field.utf8)) else { return }
        path = field
        try addText(JSONWriter.string(text), as: ArraySlice(field.utf8))
    }

    /// Adds a text under a name that no property may have.
    mutating func add(_ text: String, as name: String) throws(Untranslatable) {
        guard !names.contains(Array(name.utf8)) else {
            throw Untranslatable(
                field: "properties.\(name)",
                message: "has the name of the destination's id_property; use another name there, or omit this property"
            )
        }
        path = "properties"
        try addText(JSONWriter.string(text), as: ArraySlice(name.utf8))
    }

    private mutating func add(_ value: JSONValue, as name: ArraySlice<UInt8>) throws(Untranslatable) {
        switch value.kind {
        case .string: try addString(value, as: name)
        case .number: try addNumber(value, as: name)
        case .bool:
            guard !mustBeNumber(name) else { throw fault(name, "must be a number (setting numbers), and is a boolean") }
            try write(value.raw, as: name)
        case .null:
            switch rules.nulls {
            case .keep: try write(value.raw, as: name)
            case .drop: break
            case .refuse:
                throw fault(
                    name,
                    "\(vendor) may not accept null; leave it out, or set the destination's nulls to \"drop\""
                )
            }
        case .object, .array: try addNested(value, as: name)
        }
    }

    private mutating func addString(_ value: JSONValue, as name: ArraySlice<UInt8>) throws(Untranslatable) {
        guard mustBeNumber(name) else { return try addText(value.raw, as: name) }
        let digits = Array(Self.content(of: value))
        guard let document = try? JSONDocument(parsing: digits), document.root.kind == .number,
            document.root.byteRange == digits.indices
        else { throw fault(name, "must be a number (setting numbers), and its text is none in JSON's form") }
        try addNumber(document.root, as: name)
    }

    /// - Parameter json: a string with its quotes.
    private mutating func addText(_ json: ArraySlice<UInt8>, as name: ArraySlice<UInt8>) throws(Untranslatable) {
        if rules.dropsEmptyText, json.count == 2 { return }
        try checkZeroCharacter(json, name)
        // A character has at least one byte, so most texts need no counting.
        guard let limits = rules.limits, json.count - 2 > limits.text else { return try write(json, as: name) }
        let text = Self.decoded(json)
        guard text.unicodeScalars.count > limits.text else { return try write(json, as: name) }
        guard limits.cutsText else {
            throw fault(
                name,
                """
                \(vendor) accepts text up to \(limits.text) characters; this has \(text.unicodeScalars.count); shorten it, \
                or set the destination's long_text to "cut" or name the property in omit
                """
            )
        }
        try write(JSONWriter.string(String(text.unicodeScalars.prefix(limits.text))), as: name)
    }

    private mutating func addNumber(_ value: JSONValue, as name: ArraySlice<UInt8>) throws(Untranslatable) {
        // Up to 15 digits survive every reader.
        if value.node.isInteger, value.byteRange.count <= 15 { return try write(value.raw, as: name) }
        try checkRange(of: value, name)
        let isText =
            switch rules.inexactNumbers {
            case .keep: false
            case .fractionsAsText: !value.node.isInteger && !NumberPrecision.survives(value.raw)
            case .allAsText: !NumberPrecision.survives(value.raw)
            }
        guard isText else { return try write(value.raw, as: name) }
        numbersAsText += 1
        let digits = NumberPrecision.plainDecimal(String(decoding: value.raw, as: UTF8.self))
        try write(JSONWriter.string(digits), as: name)
    }

    private mutating func addNested(_ value: JSONValue, as name: ArraySlice<UInt8>) throws(Untranslatable) {
        guard !mustBeNumber(name) else {
            throw fault(name, "must be a number (setting numbers), and is \(value.kind.phrase)")
        }
        let isKept = rules.nested == .keep || (value.kind == .object && Self.matches(name, rules.keptObjects))
        try checkInside(value, name)
        if isKept { return try write(value.raw, as: name) }
        switch rules.nested {
        case .keep: try write(value.raw, as: name)
        case .stringify: try addText(JSONWriter.string(String(decoding: value.raw, as: UTF8.self)), as: name)
        case .flatten: try flatten(value, as: name)
        case .refuse:
            throw fault(
                name,
                """
                is \(value.kind.phrase), and \(vendor) accepts only text, numbers and booleans; send it flat, or set the \
                destination's nested to "flatten" or "stringify"
                """
            )
        }
    }

    private mutating func flatten(_ value: JSONValue, as name: ArraySlice<UInt8>) throws(Untranslatable) {
        let stem = name + [UInt8(ascii: ".")]
        for member in value.members { try add(member.value, as: stem + Self.content(of: member.key)) }
        for (index, element) in value.elements.enumerated() { try add(element, as: stem + Array(String(index).utf8)) }
    }

    private mutating func write(_ json: ArraySlice<UInt8>, as name: ArraySlice<UInt8>) throws(Untranslatable) {
        try checkName(name)
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        count += 1
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: json)
    }

    // MARK: - Checks

    private mutating func checkName(_ name: ArraySlice<UInt8>) throws(Untranslatable) {
        // A name may be written with escapes, and meets the same one without.
        if keepsNames, !names.insert(Array(Self.text(name).utf8)).inserted {
            throw fault(
                name,
                "is duplicated after flattening; rename one, or set the destination's nested to \"stringify\""
            )
        }
        try checkZeroCharacter(name, name)
        guard let limits = rules.limits else { return }
        if name.count > limits.name, Self.text(name).unicodeScalars.count > limits.name {
            throw fault(name, "\(vendor) accepts names up to \(limits.name) characters; shorten it, or add it to omit")
        }
        if count == limits.properties {
            throw Untranslatable(
                field: path,
                message:
                    "\(vendor) accepts up to \(limits.properties) properties per event; add those it does not need to omit"
            )
        }
    }

    private func checkZeroCharacter(_ json: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) throws(Untranslatable) {
        guard rules.refusesZeroCharacter, JSONEscapes.holdZeroCharacter(json) else { return }
        throw fault(name, "\(vendor) cannot store the character U+0000; remove it")
    }

    private func checkRange(of number: JSONValue, _ name: ArraySlice<UInt8>) throws(Untranslatable) {
        guard NumberPrecision.overflows(number.raw) else { return }
        throw fault(
            name,
            "is beyond the range of a 64-bit float, which \(vendor) cannot hold; send it as text or leave it out"
        )
    }

    private func checkInside(_ value: JSONValue, _ name: ArraySlice<UInt8>) throws(Untranslatable) {
        for index in value.index..<Int(value.node.next) {
            let inner = JSONValue(document: value.document, index: index)
            if inner.kind == .number { try checkRange(of: inner, name) }
            if inner.kind == .string { try checkZeroCharacter(inner.raw, name) }
        }
    }

    private func mustBeNumber(_ name: ArraySlice<UInt8>) -> Bool {
        !rules.numbers.isEmpty && Self.matches(name, rules.numbers)
    }

    private func fault(_ name: ArraySlice<UInt8>, _ message: String) -> Untranslatable {
        let isCopy = path.utf8.elementsEqual(name)
        let text = Self.text(name)
        // Control characters are shown as they were escaped.
        let shown = text.unicodeScalars.contains { $0.value < 0x20 } ? String(decoding: name, as: UTF8.self) : text
        return Untranslatable(field: isCopy ? path : "\(path).\(shown)", message: message)
    }

    // MARK: - Names and texts

    private static func content(of string: JSONValue) -> ArraySlice<UInt8> {
        string.raw.dropFirst().dropLast()
    }

    private static func matches(_ name: ArraySlice<UInt8>, _ list: [String]) -> Bool {
        guard name.contains(UInt8(ascii: "\\")) else { return list.contains { $0.utf8.elementsEqual(name) } }
        let text = text(name)
        return list.contains { $0.utf8.elementsEqual(text.utf8) }
    }

    /// The text of a name.
    private static func text(_ name: ArraySlice<UInt8>) -> String {
        guard name.contains(UInt8(ascii: "\\")) else { return String(decoding: name, as: UTF8.self) }
        return decoded([UInt8(ascii: "\"")] + name + [UInt8(ascii: "\"")])
    }

    /// - Parameter json: a string that has been checked.
    private static func decoded(_ json: ArraySlice<UInt8>) -> String {
        (try? JSONDocument(parsing: Array(json)))?.root.string ?? ""
    }
}

extension JSONWriter {
    /// A text as a JSON string.
    fileprivate static func string(_ text: String) -> ArraySlice<UInt8> {
        var writer = JSONWriter(capacity: text.utf8.count + 8)
        writer.string(text)
        return writer.bytes[...]
    }
}
