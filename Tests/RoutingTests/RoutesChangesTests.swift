import Events
import Routing
import Testing

@Suite struct RoutesChangesTests {
    private func changes(_ old: String, _ new: String) throws -> [String] {
        RoutesChanges(from: try RoutesText.read(old), to: try RoutesText.read(new)).list.map(\.summary)
    }

    @Test func `finds nothing in the same file`() throws {
        #expect(try changes(RoutesText.file(), RoutesText.file()) == [])
    }

    @Test func `names the fields of a provider that changed`() throws {
        let new = RoutesText.file(provider: #""base_url": "https://other.example", "concurrency": 3"#)
        #expect(try changes(RoutesText.file(), new) == ["provider p: changed: base_url, concurrency"])
    }

    @Test func `names what came and what went`() throws {
        let old = RoutesText.file(clients: "[\(RoutesText.client("shop"))]")
        let new = RoutesText.file(
            routes: #"[{"name": "new", "to": [{"provider": "p"}]}]"#,
            clients: "[\(RoutesText.client("till"))]"
        )
        #expect(
            try changes(old, new) == [
                "route new: added", "route r: removed", "client till: added", "client shop: removed",
            ]
        )
    }

    @Test func `tells that a route stands elsewhere, because the first that matches wins`() throws {
        func file(_ names: String...) -> String {
            let routes = names.map { #"{"name": "\#($0)", "match": {"name": "x"}, "to": [{"provider": "p"}]}"# }
            return RoutesText.file(routes: "[\(routes.joined(separator: ", "))]")
        }
        #expect(
            try changes(file("a", "b"), file("b", "a")) == ["route b: changed: position", "route a: changed: position"]
        )
    }

    @Test func `hands out changes in order to who watches, the newest at least`() async throws {
        let routes = CurrentRoutes(try RoutesText.read(RoutesText.file()))
        var changes = routes.changes().makeAsyncIterator()
        #expect(await changes.next()?.routes.routes.map(\.name) == ["r"])
        for name in ["a", "b"] {
            routes.replace(
                by: try RoutesText.read(
                    RoutesText.file(routes: #"[{"name": "\#(name)", "to": [{"provider": "p"}]}]"#)
                )
            )
        }
        #expect(await changes.next()?.routes.routes.map(\.name) == ["b"])
    }
}
