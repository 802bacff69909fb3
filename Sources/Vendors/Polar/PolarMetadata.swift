import Events
import JSON

/// An event's properties as Polar's metadata: flat, and of plain values that are not empty.
struct PolarMetadata {
    private let rewriter: PropertyRewriter
    private let numbers: Set<String>
    private let copied: [String]

    /// What Polar's documentation promises; its server lets more pass today.
    private static let mostKeys = 50
    private static let longestKey = 40
    /// What its server enforces.
    private static let longestText = 500

    init(_ settings: DestinationSettings) {
        rewriter = PropertyRewriter(vendor: "Polar", settings: settings)
        numbers = Set(settings.texts("numbers"))
        copied = settings.texts("copy")
    }

    func write(_ event: AcceptedEvent, _ fields: VendorFields, to writer: inout JSONWriter) throws(Untranslatable) {
        writer.key("metadata")
        writer.beginObject()
        var count = 0
        for property in try rewriter.flat(event.properties) where try write(property, to: &writer) { count += 1 }
        for (name, value) in [("source", event.source), ("subscription_id", event.subscriptionID)] {
            guard copied.contains(name), let value, !value.isEmpty else { continue }
            writer.member(name, string: String(value.prefix(Self.longestText)))
            count += 1
        }
        for name in ["_cost", "_llm"] {
            guard let value = fields[name] else { continue }
            writer.member(name, raw: value.raw)
            count += 1
        }
        writer.endObject()
        guard count <= Self.mostKeys else {
            throw Untranslatable(
                field: "properties",
                message: "Polar takes at most \(Self.mostKeys) metadata keys, the event has \(count)"
            )
        }
    }

    /// - Returns: whether the property was written; null and the empty string say nothing at Polar, which refuses both.
    private func write(_ property: PropertyRewriter.Property, to writer: inout JSONWriter) throws(Untranslatable) -> Bool {
        let field = "properties.\(property.name)"
        let value = property.value
        if value.isNull || value.string?.isEmpty == true { return false }
        guard (1...Self.longestKey).contains(property.name.unicodeScalars.count) else {
            throw Untranslatable(
                field: field,
                message: "Polar's metadata keys have 1 to \(Self.longestKey) characters; use a shorter name"
            )
        }
        if property.isStringified {
            let text = String(decoding: value.raw, as: UTF8.self)
            try check(text, field)
            writer.member(property.name, string: text)
        } else if let text = value.string {
            try check(text, field)
            if numbers.contains(property.name), JSONNumber(text) != nil, let number = Self.number(text) {
                writer.member(property.name, raw: number)
            } else {
                writer.member(property.name, raw: value.raw)
            }
        } else {
            if let number = value.numberText { try checkNumber(number, field) }
            writer.member(property.name, raw: value.raw)
        }
        if property.name.contains("\0") {
            throw Untranslatable(field: field, message: "Polar refuses the character U+0000")
        }
        return true
    }

    private func check(_ text: String, _ field: String) throws(Untranslatable) {
        if text.utf8.count > Self.longestText, text.unicodeScalars.count > Self.longestText {
            throw Untranslatable(
                field: field,
                message: "Polar's metadata strings have at most \(Self.longestText) characters, this one has "
                    + "\(text.unicodeScalars.count)"
            )
        }
        if text.utf8.contains(0) {
            throw Untranslatable(field: field, message: "Polar refuses the character U+0000")
        }
    }

    /// A number beyond what a binary float holds passes Polar's checks and then fails its storage with 500, every time.
    private func checkNumber(_ text: String, _ field: String) throws(Untranslatable) {
        guard let value = Double(text), value.isFinite else {
            throw Untranslatable(field: field, message: "the number is larger than Polar can store; send it as a string")
        }
    }

    /// The text if it is a JSON number by itself.
    private static func number(_ text: String) -> [UInt8]? {
        do {
            let document = try JSONDocument(parsing: Array(text.utf8))
            return document.root.kind == .number ? Array(document.root.raw) : nil
        } catch {
            return nil
        }
    }
}
