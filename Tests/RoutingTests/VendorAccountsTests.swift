import Access
import ConfigurationFile
import Events
import Routing
import Testing

/// One vendor's key is one account, wherever the key comes from.
@Suite struct VendorAccountsTests {
    private static let text = RoutesText.file(
        routes: #"[{"name": "r", "to": [{"provider": "p"}]}]"#,
        clients: #"""
            [{"name": "shop", "tenant": "s", "credentials": {"p": {"env": "SHOP"}}}, {"name": "till", "tenant": "t"}]
            """#
    )
    private static let one = CredentialDigest([1])
    private static let other = CredentialDigest([2])

    private static func reading(_ text: String = text) throws -> RoutesReader.Contents {
        try RoutesReader(vendors: SampleVendors.all).read(Array(text.utf8))
    }

    @Test func `tells accounts apart by where their keys come from as long as no key is known`() throws {
        let routes = try Self.reading().routes
        #expect(!routes.accounts.areSame("p", "p@s"))
        #expect(!routes.isShared("p") && !routes.isShared("p@s"))
    }

    @Test func `takes providers with the same key in two variables for one account that their tenants share`() throws {
        let reading = try Self.reading().knowing(keys: ["p": Self.one, "p@s": Self.one])
        #expect(reading.routes.accounts.areSame("p", "p@s"))
        #expect(reading.routes.isShared("p") && reading.routes.isShared("p@s"))
        let shop = try #require(reading.routes.clients.first { $0.name == "shop" })
        #expect(!reading.routes.mayRead("p@s", shop))
        #expect(reading.routes.providersSeen(by: shop)?.isEmpty == true)
        // The vendor would take one tenant's event for a repeat of another's.
        let table = RoutingTable(reading.routes)
        for (client, prefix) in [("shop", "s/"), ("till", "t/")] as [(ClientName, String)] {
            let plan = table.plan(for: "a", customerID: "c", subscriptionID: nil, client: client)
            #expect(plan?.destinations[0].settings.text("id_prefix") == prefix)
        }
    }

    @Test func `are read by the tenant that alone uses them, and by administrators`() throws {
        let text = #"""
            {"version": 1,
             "providers": {"p": {"adapter": "acme", "credential": {"env": "K"}},
                           "q": {"adapter": "acme", "credential": {"env": "L"}},
                           "unused": {"adapter": "acme", "credential": {"env": "M"}}},
             "routes": [{"name": "r", "match": {"client": ["shop", "till"]}, "to": [{"provider": "p"}]},
                        {"name": "s", "match": {"client": "house"}, "to": [{"provider": "q"}]}],
             "clients": [{"name": "shop", "tenant": "s", "credentials": {"p": {"env": "SHOP"}}},
                         {"name": "till", "tenant": "t"}, {"name": "house", "tenant": "h"},
                         {"name": "boss", "tenant": "b", "scopes": ["admin"]}]}
            """#
        let routes = try Self.reading(text).routes
        let readers = ["p", "p@s", "q", "unused"].map { (provider: ProviderName) in
            routes.clients.filter { routes.mayRead(provider, $0) }.map(\.name)
        }
        #expect(readers == [["till", "boss"], ["shop", "boss"], ["house", "boss"], ["boss"]])
        // Where there is one tenant, everything is its own.
        let own = try Self.reading(text.replacing(/"tenant": "[thb]"/, with: #""tenant": "s""#)).routes
        #expect(own.providers.allSatisfy { provider in own.clients.allSatisfy { own.mayRead(provider.name, $0) } })
    }

    @Test func `warns where the file does not show that two providers are one account`() throws {
        let warnings = try Self.reading().knowing(keys: ["p": Self.one, "p@s": Self.one]).warnings
        let line = try #require(warnings.first?.line(in: "f"))
        #expect(warnings.count == 1)
        #expect(line.contains(#"warning: the providers "p" and "p@s" have the same key, so they are one account"#))
        #expect(line.hasPrefix("f:4:"), "the line of the second credential: \(line)")
    }

    @Test(arguments: [["p": one, "p@s": other], ["p": one], [:]])
    func `leaves accounts with other or unknown keys apart, without a warning`(keys: [ProviderName: CredentialDigest])
        throws
    {
        let reading = try Self.reading().knowing(keys: keys)
        #expect(!reading.routes.isShared("p") && !reading.routes.isShared("p@s"))
        #expect(reading.warnings.isEmpty)
    }

    @Test(arguments: [
        (#""base_url": "https://eu.acme.example""#, #""base_url": "https://us.acme.example""#, false),
        (#""base_url": "https://eu.acme.example""#, #""base_url": "https://eu.acme.example/""#, true),
    ])
    func `counts the server as part of the account`(first: String, second: String, areSame: Bool) throws {
        let text = #"""
            {"version": 1,
             "providers": {"p": {"adapter": "acme", "credential": {"env": "K"}, \#(first)},
                           "q": {"adapter": "acme", "credential": {"env": "L"}, \#(second)}},
             "routes": [{"name": "r", "to": [{"provider": "p"}, {"provider": "q"}]}], "clients": []}
            """#
        let reading = try Self.reading(text).knowing(keys: ["p": Self.one, "q": Self.one])
        #expect(reading.routes.accounts.areSame("p", "q") == areSame)
        #expect(reading.warnings.isEmpty == !areSame)
    }

    @Test func `takes providers with the same source of a key for one account, also if the key is not known`() throws {
        let text = #"""
            {"version": 1,
             "providers": {"p": {"adapter": "acme", "credential": {"env": "K"}},
                           "q": {"adapter": "acme", "credential": {"env": "K"}}},
             "routes": [{"name": "r", "match": {"client": "a"}, "to": [{"provider": "p"}]},
                        {"name": "s", "match": {"client": "b"}, "to": [{"provider": "q"}]}],
             "clients": [{"name": "a", "tenant": "a"}, {"name": "b", "tenant": "b"}]}
            """#
        let routes = try Self.reading(text).routes
        #expect(routes.isShared("p") && routes.isShared("q"))
    }
}
