import Access
import Events
import Routing
import Testing

/// Which providers, accounts and migrations a client may see: all combinations of tenants, routes and scopes.
@Suite struct WhoSeesWhatTests {
    /// Tenant `a` has an account of its own at `p`; `b` and `c` share it. Only `c` is sent to `q`, only `d` to `s`.
    private static func routes() throws -> Routes {
        try RoutesText.read(
            #"""
            {"version": 1,
             "providers": {"p": {"adapter": "acme", "credential": {"env": "P"}}, "q": {"adapter": "acme", "credential": {"env": "Q"}},
                           "s": {"adapter": "acme", "credential": {"env": "S"}}, "t": {"adapter": "acme", "credential": {"env": "S"}},
                           "unused": {"adapter": "acme", "credential": {"env": "U"}}},
             "routes": [
               {"name": "c-only", "match": {"client": "c"}, "to": [{"provider": "q"}, {"provider": "p", "mode": "off"}]},
               {"name": "d-only", "match": {"client": "d"}, "to": [{"provider": "s", "mode": "shadow"}]},
               {"name": "rest", "match": {"client": ["a", "b", "c", "boss"]}, "to": [{"provider": "p"}]}],
             "clients": [
               {"name": "a", "credentials": {"p": {"env": "OWN"}}}, {"name": "b"}, {"name": "c"},
               {"name": "d", "scopes": ["events:read"]}, {"name": "boss", "tenant": "b", "scopes": ["admin"]}]}
            """#
        )
    }

    private func client(_ name: String, in routes: Routes) throws -> Client {
        try #require(routes.clients.first { $0.name.rawValue == name })
    }

    @Test(
        arguments: [
            ("a", ["p@a"]), ("b", ["p"]), ("c", ["q", "p"]), ("d", ["s"]), ("boss", ["p"]), ("nobody", []),
        ] as [(ClientName, [ProviderName])]
    )
    func `a client's events go to the providers of its routes, in their order`(
        name: ClientName,
        providers: [ProviderName]
    )
        throws
    {
        #expect(try Self.routes().providers(for: name).map(\.name) == providers)
    }

    @Test(
        arguments: [("a", ["p@a"]), ("b", []), ("c", ["q"]), ("d", ["s"])] as [(String, [ProviderName])]
    )
    func `a client sees the providers that its tenant has for itself`(name: String, providers: [ProviderName]) throws {
        let routes = try Self.routes()
        #expect(routes.providersSeen(by: try client(name, in: routes))?.map(\.name) == providers)
    }

    @Test func `an administrator sees all, and so does the only tenant`() throws {
        let routes = try Self.routes()
        #expect(routes.providersSeen(by: try client("boss", in: routes)) == nil)
        let one = try RoutesText.read(
            RoutesText.file(clients: #"[{"name": "x", "tenant": "t"}, {"name": "y", "tenant": "t"}]"#)
        )
        let (x, y) = (try client("x", in: one), try client("y", in: one))
        #expect(one.providersSeen(by: x) == nil)
        #expect(one.mayRead("p", x) && one.mayRead("gone", y))
    }

    /// Provider, and the clients that may read from its vendor.
    @Test(
        arguments: [
            ("p@a", ["a", "boss"]), ("p", ["boss"]), ("q", ["c", "boss"]), ("s", ["d", "boss"]),
            // The same account as `s`: its key is the same.
            ("t", ["d", "boss"]), ("unused", ["boss"]), ("gone", ["boss"]), ("", ["boss"]),
        ] as [(ProviderName, [String])]
    )
    func `a vendor is read by the tenant that alone uses the account`(provider: ProviderName, readers: [String]) throws
    {
        let routes = try Self.routes()
        let found = routes.clients.filter { routes.mayRead(provider, $0) }.map(\.name.rawValue)
        #expect(found == ["a", "b", "c", "d", "boss"].filter(readers.contains))
    }

    @Test(
        arguments: [("p", true), ("p@a", false), ("q", false), ("s", false), ("gone", false)] as [(ProviderName, Bool)]
    )
    func `an account is shared if two tenants use it`(provider: ProviderName, isShared: Bool) throws {
        #expect(try Self.routes().isShared(provider) == isShared)
    }

    @Test func `a tenant's own account stands for the provider, for that tenant alone`() throws {
        let routes = try Self.routes()
        #expect(routes.account(of: "p", for: "a")?.name == "p@a")
        #expect(routes.account(of: "p", for: "b")?.name == "p" && routes.account(of: "p", for: nil)?.name == "p")
        #expect(routes.account(of: "q", for: "a")?.name == "q" && routes.account(of: "gone", for: "a") == nil)
        #expect(routes.account(of: "p@a", for: "b")?.name == "p@a", "by its own name")
    }

    @Test(
        arguments: [("p", "p"), ("p@a", "p"), ("p#7", "p"), ("p@a#7", "p"), ("", ""), ("@", "")]
            as [(ProviderName, ProviderName)]
    )
    func `a name without its tenant is that of the file`(name: ProviderName, plain: ProviderName) {
        #expect(name.withoutTenant == plain)
    }

    @Test func `a migration is seen by whoever may read both of its providers`() throws {
        let text = #"""
            {"version": 1,
             "providers": {"p": {"adapter": "acme", "credential": {"env": "P"}}, "q": {"adapter": "acme", "credential": {"env": "Q"}}},
             "routes": [{"name": "r", "match": {"client": ["a", "boss"]}, "to": [{"provider": "p"}, {"provider": "q", "mode": "off"}]},
                        {"name": "s", "match": {"client": "b"}, "to": [{"provider": "p"}]}],
             "migrations": {"m": {"route": "r", "from": "p", "to": "q"}},
             "clients": [{"name": "a"}, {"name": "b"}, {"name": "boss", "tenant": "a", "scopes": ["admin"]}]}
            """#
        let routes = try RoutesText.read(text)
        let migration = try #require(routes.migration(named: "m"))
        #expect(routes.migration(of: "r") == migration && routes.migration(of: "s") == nil)
        #expect(routes.clients.map { routes.maySee(migration, $0) } == [false, false, true], "b is at p too")
        let alone = try RoutesText.read(text.replacing(#""client": "b""#, with: #""client": "boss""#))
        #expect(alone.clients.map { alone.maySee(migration, $0) } == [true, false, true])
    }
}
