import ConfigurationFile
import Events
import Foundation
import JSON
import Routing
import Testing
import Vendors

/// The schema that editors check by says what the reader says.
@Suite struct RoutesSchemaTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func `is committed as it is generated`() throws {
        let committed = try Data(contentsOf: Self.root.appending(path: "Sources/Routing/routes.schema.json"))
        let generated = RoutesSchema.text(VendorRegistry.all.map(\.traits))
        let isSame = JSONValue.sameContent(
            try JSONDocument(parsing: [UInt8](committed)).root,
            try JSONDocument(parsing: generated).root
        )
        #expect(isSame, "write it anew: .build/release/tollgate schema > Sources/Routing/routes.schema.json")
    }

    @Test func `is met by the sample at the top of the repository, which the reader takes without a warning`() throws {
        let sample = try Data(contentsOf: Self.root.appending(path: "routes.json"))
        let reading = try RoutesReader(vendors: VendorRegistry.all).read([UInt8](sample))
        #expect(reading.warnings.isEmpty)
        let schema = try JSONDocument(parsing: RoutesSchema.text(VendorRegistry.all.map(\.traits))).root
        #expect(SchemaCheck.faults(of: try JSONDocument(parsing: [UInt8](sample)).root, by: schema) == [])
    }

    @Test func `has comments as the reader has them`() throws {
        let sample = try String(contentsOf: Self.root.appending(path: "routes.json"), encoding: .utf8)
        let text = Array(sample.replacing("{\"provider\"", with: "{\"_comment\": \"why\", \"provider\"").utf8)
        #expect(try RoutesReader(vendors: VendorRegistry.all).read(text).warnings.isEmpty)
        let schema = try JSONDocument(parsing: RoutesSchema.text(VendorRegistry.all.map(\.traits))).root
        #expect(SchemaCheck.faults(of: try JSONDocument(parsing: text).root, by: schema) == [])
    }

    @Test(arguments: [
        (#""adapter": "lago""#, #""adapter": "lagoo""#), (#""version": 1"#, #""version": 3"#),
        (#""mode": "mirror""#, #""mode": 7"#),
        (#""name": "default","#, #""nam": "default","#), (#""clients": ["#, #""client": ["#),
    ])
    func `refuses what the reader refuses`(part: String, other: String) throws {
        let sample = try String(contentsOf: Self.root.appending(path: "routes.json"), encoding: .utf8)
        try #require(sample.contains(part))
        let text = Array(sample.replacing(part, with: other).utf8)
        #expect(throws: FaultyConfiguration.self) {
            _ = try RoutesReader(vendors: VendorRegistry.all).read(text)
        }
        let schema = try JSONDocument(parsing: RoutesSchema.text(VendorRegistry.all.map(\.traits))).root
        #expect(!SchemaCheck.faults(of: try JSONDocument(parsing: text).root, by: schema).isEmpty)
    }
}

/// Checks a value by the few words of JSON Schema that the schema uses.
enum SchemaCheck {
    static func faults(of value: JSONValue, by schema: JSONValue, at path: String = "$") -> [String] {
        if let choices = schema["oneOf"] ?? schema["anyOf"] {
            let isOne = choices.elements.contains { faults(of: value, by: $0, at: path).isEmpty }
            return isOne ? [] : ["\(path): no choice fits"]
        }
        if let words = schema["enum"] {
            return words.elements.contains { JSONValue.sameContent($0, value) } ? [] : ["\(path): not one of the words"]
        }
        switch schema["type"]?.string {
        case "object"?: return objectFaults(of: value, by: schema, at: path)
        case "array"?:
            guard value.kind == .array, let items = schema["items"] else { return ["\(path): no array"] }
            return value.elements.flatMap { faults(of: $0, by: items, at: path + "[]") }
        case "string"?: return value.kind == .string ? [] : ["\(path): no string"]
        case "integer"?, "number"?:
            guard let number = value.numberText.flatMap({ Double($0) }) else { return ["\(path): no number"] }
            let least = schema["minimum"]?.numberText.flatMap { Double($0) } ?? -.infinity
            let most = schema["maximum"]?.numberText.flatMap { Double($0) } ?? .infinity
            return (least...most).contains(number) ? [] : ["\(path): out of range"]
        case "boolean"?: return value.kind == .bool ? [] : ["\(path): no boolean"]
        default: return ["\(path): the schema has a type that this check does not know"]
        }
    }

    private static func objectFaults(of value: JSONValue, by schema: JSONValue, at path: String) -> [String] {
        guard value.kind == .object else { return ["\(path): no object"] }
        var found: [String] = []
        for name in schema["required"].map({ $0.elements.compactMap(\.string) }) ?? [] where value[name] == nil {
            found.append("\(path): \(name) is missing")
        }
        for member in value.members {
            if let known = schema["properties"]?[member.name] {
                found += faults(of: member.value, by: known, at: "\(path).\(member.name)")
            } else if let rest = schema["additionalProperties"], rest.kind == .object {
                found += faults(of: member.value, by: rest, at: "\(path).\(member.name)")
            } else {
                found.append("\(path): unknown \(member.name)")
            }
        }
        return found
    }
}
