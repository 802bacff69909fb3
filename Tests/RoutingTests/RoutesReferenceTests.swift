import Events
import Foundation
import Routing
import Testing
import Vendors

/// The configuration reference for people.
@Suite struct RoutesReferenceTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/Routing/Routing.docc/ConfigurationReference.md")

    private let text = RoutesReference.markdown(VendorRegistry.all.map(\.traits))

    @Test func `is committed as it is generated`() throws {
        let committed = try String(contentsOf: Self.page, encoding: .utf8)
        #expect(
            committed == text,
            "write it again: tollgate schema --markdown > Sources/Routing/Routing.docc/ConfigurationReference.md"
        )
    }

    @Test func `has every field that the schema has`() throws {
        let schema = try JSONSerialization.jsonObject(with: Data(RoutesSchema.text(VendorRegistry.all.map(\.traits))))
        let names = Self.properties(in: schema)
        #expect(names.count > 50)
        for name in names { #expect(text.contains("\n- `\(name)` ("), "\(name)") }
    }

    @Test func `has no line above 120 columns`() {
        #expect(text.split(separator: "\n").filter { $0.count > 120 } == [])
    }

    /// The names of all properties, however deep.
    private static func properties(in schema: Any) -> Set<String> {
        if let list = schema as? [Any] { return list.reduce(into: []) { $0.formUnion(properties(in: $1)) } }
        guard let object = schema as? [String: Any] else { return [] }
        var names: Set<String> = []
        if let fields = object["properties"] as? [String: Any] {
            names.formUnion(fields.keys)
            for field in fields.values { names.formUnion(properties(in: field)) }
        }
        for key in ["items", "additionalProperties"] {
            if let inner = object[key] { names.formUnion(properties(in: inner)) }
        }
        return names
    }
}
