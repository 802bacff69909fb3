import Access
import Events
import Routing
import Testing

/// Which clients can send events to a route.
@Suite struct RouteSendersTests {
    private static func senders(first: String, match: String = "{}") throws -> [String] {
        let text = #"""
            {"version": 1, "providers": {"p": {"adapter": "acme", "credential": {"env": "P"}}},
             "routes": [{"name": "first", "match": \#(first), "to": [{"provider": "p"}]},
                        {"name": "r", "match": \#(match), "to": [{"provider": "p"}]}],
             "clients": [{"name": "shop"}, {"name": "till"}, {"name": "reader", "scopes": ["events:read"]},
                         {"name": "boss", "scopes": ["admin"]}]}
            """#
        return try MigrationText.read(text).senders(to: "r").map(\.name.rawValue)
    }

    @Test func `are those that may write events and are not taken whole by an earlier route`() throws {
        #expect(try Self.senders(first: #"{"name": "x"}"#) == ["shop", "till", "boss"])
        #expect(try Self.senders(first: #"{"client": "till"}"#) == ["shop", "boss"])
        #expect(try Self.senders(first: #"{"client": "till", "name": "*"}"#) == ["shop", "boss"])
        #expect(try Self.senders(first: #"{"client": "till", "name": "x"}"#) == ["shop", "till", "boss"])
        #expect(try Self.senders(first: #"{"client": "till", "customer_id": "vip*"}"#) == ["shop", "till", "boss"])
        #expect(try Self.senders(first: "{}") == [])
    }

    @Test func `are those that the route names, if it names some`() throws {
        let match = #"{"client": ["till", "reader"]}"#
        #expect(try Self.senders(first: #"{"name": "x"}"#, match: match) == ["till"])
    }
}
