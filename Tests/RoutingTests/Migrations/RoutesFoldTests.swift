import Events
import OfRecord
import Routing
import Testing

/// Orders of a migration, written into the text of a file.
@Suite struct RoutesFoldTests {
    private static func text(_ old: String = "", _ new: String = #", "mode": "shadow""#, others: String = "") -> String
    {
        #"""
        {"version":   1,
         "providers": {"a": {"adapter": "acme", "credential": {"env": "A"}}, "b": {"adapter": "acme", "credential": {"env": "B"}}},
         "routes": [
           {"name": "r", "to": [
              {"provider": "a"\#(old)},
              {"provider": "b"\#(new)}]}],
         "migrations": {"m": {"route": "r", "from": "a", "to": "b"}\#(others)},
         "clients": []}
        """#
    }

    private func fold(_ text: String, _ delivery: MigrationEntry.Delivery?, isClosed: Bool = false) throws -> (
        text: String, changes: [String]
    ) {
        let fold = try RoutesFold(Array(text.utf8), migration: "m", delivery: delivery, isClosed: isClosed)
        return (String(decoding: fold.text, as: UTF8.self), fold.changes)
    }

    @Test func `the stage that was ordered is written in place, and all else keeps its text`() throws {
        let mirror = try fold(Self.text(), .mirror)
        #expect(mirror.text == Self.text("", #", "mode": "mirror""#))
        #expect(mirror.changes == ["b has the mode mirror on the route r"])
        let again = try fold(mirror.text, .mirror)
        #expect(again.text == mirror.text && again.changes.isEmpty)
        // The order mirror keeps a primary destination.
        #expect(try fold(Self.text("", ""), .mirror).changes.isEmpty)
        #expect(try fold(Self.text("", ""), .shadow).text == Self.text("", #", "mode": "shadow""#))
        #expect(try fold(Self.text(), nil).changes.isEmpty)
    }

    @Test func `a closed migration is removed with the old provider's destination`() throws {
        let (text, changes) = try fold(Self.text(), .mirror, isClosed: true)
        #expect(changes.count == 3)
        let routes = try MigrationText.read(text.replacing(#""a": {"adapter""#, with: #""c": {"adapter""#))
        #expect(routes.migrations.isEmpty)
        #expect(routes.routes.first?.destinations.map(\.destination.provider) == ["b"])
        #expect(routes.routes.first?.destinations.first?.destination.mode == .primary)
        #expect(text.hasPrefix("{\"version\":   1,") && text.hasSuffix("\"clients\": []}"))
        let two = try fold(
            Self.text(others: #", "n": {"route": "x", "from": "a", "to": "b"}"#),
            .mirror,
            isClosed: true
        )
        #expect(two.text.contains(#""migrations": {"n": {"route": "x", "from": "a", "to": "b"}}"#))
    }

    @Test(arguments: [
        "{", #"{"migrations": {}}"#, #"{"migrations": {"m": {"route": "r", "from": "a", "to": "b"}}, "routes": []}"#,
    ])
    func `a file without the migration is refused`(text: String) {
        #expect(throws: RoutesFold.Fault.self) { try fold(text, .mirror) }
    }
}
