import Access
import ConfigurationFile
import Events
import Routing
import Testing

@Suite struct PassTargetTests {
    private static func routes(_ clients: String, routes: String? = nil) throws -> Routes {
        let text = #"""
            {"version": 1,
             "providers": {"first": {"adapter": "acme", "credential": {"env": "A"}},
                           "second": {"adapter": "acme", "credential": {"env": "B"}},
                           "mirror": {"adapter": "acme", "credential": {"env": "C"}}},
             "routes": \#(routes ?? #"[{"name": "r", "to": [{"provider": "mirror", "mode": "mirror"}, {"provider": "first"}, {"provider": "second"}]}]"#),
             "clients": [\#(clients)]}
            """#
        return try RoutesText.read(text)
    }

    private static func target(_ routes: Routes, _ client: String, at provider: ProviderName? = nil) throws -> String {
        let client = try #require(routes.clients.first { $0.name.rawValue == client })
        let rule = client.pass["acme"] ?? PassRules.Rule(provider: provider, paths: [Glob("/x")])
        return switch routes.target(of: rule, in: "acme", for: client) {
        case .account(let provider): provider.name.rawValue
        case .noProvider: "none"
        case .shared(let name): "shared \(name)"
        }
    }

    @Test func `goes to the first provider that is primary, or to the one that is named`() throws {
        let routes = try Self.routes(#"{"name": "a"}"#)
        #expect(try Self.target(routes, "a") == "first")
        #expect(try Self.target(routes, "a", at: "mirror") == "mirror")
    }

    @Test func `looks at the routes that may take the client's events`() throws {
        let list = #"""
            [{"name": "b-only", "match": {"client": "b"}, "to": [{"provider": "second"}]},
             {"name": "all", "to": [{"provider": "first"}]}]
            """#
        let routes = try Self.routes(
            #"{"name": "a", "tenant": "t"}, {"name": "b", "tenant": "t"}, {"name": "c", "tenant": "t", "routes": "b-only"}, {"name": "b2", "tenant": "t", "routes": "all"}"#,
            routes: list
        )
        #expect(try Self.target(routes, "a") == "first")
        #expect(try Self.target(routes, "b") == "second")
        #expect(try Self.target(routes, "c") == "none")
        #expect(try Self.target(routes, "b2") == "first")
    }

    @Test func `goes to the tenant's own account`() throws {
        let own = #"{"name": "a", "credentials": {"first": {"env": "OWN"}}}, {"name": "b"}"#
        let routes = try Self.routes(own)
        #expect(try Self.target(routes, "a") == "first@a")
        #expect(try Self.target(routes, "b") == "first")
        #expect(try Self.target(routes, "a", at: "second") == "shared second")
    }

    @Test func `goes nowhere where tenants share the account, unless that is allowed`() throws {
        let shared = try Self.routes(
            #"{"name": "a"}, {"name": "b", "scopes": ["admin"]}, {"name": "c", "scopes": ["vendor:read"], "pass": {"acme": "/x"}, "pass_shared": true}"#
        )
        #expect(try Self.target(shared, "a") == "shared first")
        #expect(try Self.target(shared, "b") == "shared first", "the scope admin does not help")
        #expect(try Self.target(shared, "c") == "first")
    }

    /// A client whose rule names an account into which none of its events go would see another tenant's data.
    @Test func `counts the tenant of a client that names another tenant's account`() throws {
        let list = #"""
            [{"name": "ra", "match": {"client": "a"}, "to": [{"provider": "first"}]},
             {"name": "rb", "match": {"client": "b"}, "to": [{"provider": "second"}]}]
            """#
        let named = #"{"name": "a"}, {"name": "b", "scopes": ["vendor:read"], "pass": {"first": "/x"}}"#
        let routes = try Self.routes(named, routes: list)
        #expect(try Self.target(routes, "b") == "shared first")
        #expect(try Self.target(routes, "a") == "shared first", "the other one may read it")
        #expect(try Self.target(try Self.routes(#"{"name": "a"}, {"name": "b"}"#, routes: list), "b") == "second")
    }
}
