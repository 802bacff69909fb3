import ConfigurationFile
package import Events
import JSON

/// The JSON Schema of `routes.json` (draft 2020-12), generated from ``RoutesFields``, for completion and validation in editors.
///
/// The copy beside this file is written by `tollgate schema`; a test compares the two.
package enum RoutesSchema {
    /// The schema's text, with one member per line.
    /// - Parameter vendors: the vendors there are.
    package static func text(_ vendors: [VendorTraits]) -> [UInt8] {
        var writer = JSONWriter(capacity: 16_384)
        writer.beginObject()
        writer.member("$schema", string: "https://json-schema.org/draft/2020-12/schema")
        writer.member("title", string: "Tollgate routes.json")
        writeObject(RoutesFields.file(vendors), to: &writer)
        writer.endObject()
        return writer.bytes
    }

    private static func writeObject(_ fields: [Field], to writer: inout JSONWriter) {
        writer.member("type", string: "object")
        writer.member("additionalProperties", bool: false)
        let required = fields.filter(\.isRequired)
        if !required.isEmpty {
            writer.key("required")
            writer.beginArray()
            for field in required { writer.string(field.name) }
            writer.endArray()
        }
        writer.key("properties")
        writer.beginObject()
        for field in fields + [.comment] {
            writer.key(field.name)
            writer.beginObject()
            writer.member("description", string: field.summary)
            write(field.kind, to: &writer)
            if let standard = field.standard { writeDefault(standard, to: &writer) }
            writer.endObject()
        }
        writer.endObject()
    }

    private static func write(_ kind: Field.Kind, to writer: inout JSONWriter) {
        switch kind {
        case .text: writer.member("type", string: "string")
        case .flag: writer.member("type", string: "boolean")
        case .choice(let words): writeChoice(words, to: &writer)
        case .integer(let range): writeRange("integer", "\(range.lowerBound)", "\(range.upperBound)", to: &writer)
        case .number(let range): writeRange("number", "\(range.lowerBound)", "\(range.upperBound)", to: &writer)
        case .duration: writePattern("^[1-9][0-9]{0,6}(ms|s|m|h|d)$", to: &writer)
        case .rate: writePattern("^[1-9][0-9]{0,6}/(s|sec|second|m|min|minute|h|hour)$", to: &writer)
        case .timestamp:
            writer.member("type", string: "string")
            writer.member("format", string: "date-time")
        case .texts: writeTexts(to: &writer)
        case .list(let element):
            writer.member("type", string: "array")
            writeNested("items", element, to: &writer)
        case .object(let fields): writeObject(fields, to: &writer)
        case .map(let value):
            writer.member("type", string: "object")
            writeNested("additionalProperties", value, to: &writer)
        case .either(let kinds):
            writer.key("anyOf")
            writer.beginArray()
            for kind in kinds {
                writer.beginObject()
                write(kind, to: &writer)
                writer.endObject()
            }
            writer.endArray()
        }
    }

    private static func writeDefault(_ standard: SettingValue, to writer: inout JSONWriter) {
        switch standard {
        case .text(let text): writer.member("default", string: text)
        case .flag(let flag): writer.member("default", bool: flag)
        case .number(let number): writer.member("default", integer: number)
        case .texts(let texts): writer.member("default", strings: texts)
        }
    }

    private static func writeNested(_ name: String, _ kind: Field.Kind, to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginObject()
        write(kind, to: &writer)
        writer.endObject()
    }

    private static func writeChoice(_ words: [String], to writer: inout JSONWriter) {
        writer.key("enum")
        writer.beginArray()
        for word in words { writer.string(word) }
        writer.endArray()
    }

    private static func writeRange(_ type: String, _ least: String, _ most: String, to writer: inout JSONWriter) {
        writer.member("type", string: type)
        writer.key("minimum")
        writer.number(least)
        writer.key("maximum")
        writer.number(most)
    }

    private static func writePattern(_ pattern: String, to writer: inout JSONWriter) {
        writer.member("type", string: "string")
        writer.member("pattern", string: pattern)
    }

    /// One text, or a list of texts.
    private static func writeTexts(to writer: inout JSONWriter) {
        writer.key("oneOf")
        writer.beginArray()
        writer.beginObject()
        writer.member("type", string: "string")
        writer.endObject()
        writer.beginObject()
        writer.member("type", string: "array")
        writeNested("items", .text, to: &writer)
        writer.endObject()
        writer.endArray()
    }
}
