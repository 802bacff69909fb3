import Access
import ConfigurationFile
import Events
import Routing
import Testing

/// Tenants with credentials of their own are at accounts of their own.
@Suite struct TenantAccountTests {
    private static func client(_ name: String, tenant: String, _ credentials: String? = nil) -> String {
        let own = credentials.map { #", "credentials": \#($0)"# } ?? ""
        return #"{"name": "\#(name)", "tenant": "\#(tenant)"\#(own)}"#
    }

    private static func file(_ clients: String...) -> String {
        RoutesText.file(
            provider: #""concurrency": 3"#,
            routes: #"[{"name": "r", "to": [{"provider": "p", "rename": {"a": "b"}, "account": "x"}]}]"#,
            clients: "[\(clients.joined(separator: ", "))]"
        )
    }

    @Test func `makes an account of a tenant's credential, served as the provider is`() throws {
        let routes = try RoutesText.read(
            Self.file(Self.client("shop", tenant: "s", #"{"p": {"env": "SHOP"}}"#), Self.client("till", tenant: "t"))
        )
        #expect(routes.providers.map(\.name) == ["p", "p@s"])
        let account = routes.providers[1]
        #expect(account.connection.credential == .environment("SHOP") && account.pipeline.concurrency == 3)
        #expect(account.owner?.tenant == "s" && account.owner?.provider == "p")
        #expect(routes.providers(for: "shop").map(\.name) == ["p@s"])
        #expect(routes.providers(for: "till").map(\.name) == ["p"])
        #expect(routes.providers(for: "shop").first?.name == "p@s")
        #expect(
            RoutesReport.summary(of: routes, file: "f").contains(
                "provider p@s: Acme at https://api.acme.example, key from the variable SHOP"
            )
        )
    }

    @Test func `sends every client of the tenant to the tenant's account, and nobody else`() throws {
        let routes = try RoutesText.read(
            Self.file(
                Self.client("shop", tenant: "s", #"{"p": {"env": "SHOP"}}"#),
                Self.client("app", tenant: "s"),
                Self.client("till", tenant: "t", #"{"p": {"file": "/till"}}"#),
                Self.client("other", tenant: "o")
            )
        )
        let table = RoutingTable(routes)
        func plan(_ client: ClientName) throws -> Plan {
            try #require(table.plan(for: "a", customerID: "c", subscriptionID: nil, client: client))
        }
        let expected: [(ClientName, ProviderName)] = [
            ("shop", "p@s"), ("app", "p@s"), ("till", "p@t"), ("other", "p"),
        ]
        for (client, provider) in expected {
            let destination = try plan(client).destinations[0]
            #expect(destination.provider == provider)
            #expect(destination.name(for: "a") == "b" && destination.settings.text("account") == "x")
        }
        #expect(try plan("shop") === plan("app"), "clients of one tenant share their plans")
    }

    @Test func `does not count a tenant with an account of its own among those that share a provider`() throws {
        let routes = try RoutesText.read(
            Self.file(Self.client("shop", tenant: "s", #"{"p": {"env": "SHOP"}}"#), Self.client("till", tenant: "t"))
        )
        #expect(!routes.isShared("p") && !routes.isShared("p@s"))
        let shared = try RoutesText.read(Self.file(Self.client("shop", tenant: "s"), Self.client("till", tenant: "t")))
        #expect(shared.isShared("p"))
    }

    @Test func `lets no tenant read an account that only another one uses`() throws {
        let routes = try RoutesText.read(
            RoutesText.file(
                routes: #"[{"name": "r", "match": {"client": "shop"}, "to": [{"provider": "p"}]}]"#,
                clients: "[\(Self.client("shop", tenant: "s")), \(Self.client("till", tenant: "t"))]"
            )
        )
        func client(_ name: ClientName, as tenant: TenantID, _ scope: Scope = .manageMigrations) -> Client {
            Client(name: name, tenant: tenant, scopes: [scope])
        }
        #expect(!routes.isShared("p"))
        #expect(routes.mayRead("p", client("shop", as: "s")) && routes.mayRead("p", client("operator", as: "s")))
        #expect(!routes.mayRead("p", client("till", as: "t")))
        #expect(routes.mayRead("p", client("boss", as: "t", .admin)))
    }

    @Test func `tells tenants' ids apart in an account that they share, and leaves others' as they are`() throws {
        let routes = try RoutesText.read(
            Self.file(
                Self.client("shop", tenant: "s"),
                Self.client("app", tenant: "s"),
                Self.client("till", tenant: "t"),
                Self.client("own", tenant: "o", #"{"p": {"env": "OWN"}}"#)
            )
        )
        let table = RoutingTable(routes)
        func prefix(_ client: ClientName) throws -> String? {
            let plan = try #require(table.plan(for: "a", customerID: "c", subscriptionID: nil, client: client))
            return plan.destinations[0].settings.text("id_prefix")
        }
        #expect(try prefix("shop") == "s/" && prefix("app") == "s/")
        #expect(try prefix("till") == "t/")
        #expect(try prefix("own") == nil)
        let alone = RoutingTable(try RoutesText.read(Self.file(Self.client("shop", tenant: "s"))))
        let plan = alone.plan(for: "a", customerID: "c", subscriptionID: nil, client: "shop")
        #expect(plan?.destinations[0].settings.text("id_prefix") == nil)
    }

    @Test(arguments: [
        (#"{"q": {"env": "A"}}"#, #"no provider is named "q""#),
        (#"{"p": "sk_planted"}"#, "a credential must be an object, found a string"),
        (#"{"p": {"key": "sk_planted"}}"#, #"unknown field "key" in "credential""#),
        (#"{"p": {"env": "K"}}"#, #"this is the credential that "p" has anyway"#),
    ])
    func `names the place of a fault and the way out`(credentials: String, message: String) {
        let found = RoutesText.faults(in: Self.file(Self.client("shop", tenant: "s", credentials)))
        #expect(found.contains { $0.contains(message) }, "\(found)")
        #expect(!found.joined().contains("planted"))
    }

    @Test func `refuses two credentials of one tenant, and one credential of two tenants`() {
        let two = RoutesText.faults(
            in: Self.file(
                Self.client("a", tenant: "s", #"{"p": {"env": "A"}}"#),
                Self.client("b", tenant: "s", #"{"p": {"env": "B"}}"#)
            )
        )
        #expect(two.count == 1 && two[0].contains("a tenant has one"), "\(two)")
        let same = RoutesText.faults(
            in: Self.file(
                Self.client("a", tenant: "s", #"{"p": {"env": "A"}}"#),
                Self.client("b", tenant: "t", #"{"p": {"env": "A"}}"#)
            )
        )
        #expect(same.count == 1 && same[0].contains("both are at one account"), "\(same)")
        let twice = Self.file(
            Self.client("a", tenant: "s", #"{"p": {"env": "A"}}"#),
            Self.client("b", tenant: "s", #"{"p": {"env": "A"}}"#)
        )
        #expect(RoutesText.faults(in: twice) == [])
    }

    @Test func `reads a program that prints a credential, and refuses what is none`() throws {
        func source(_ credential: String) throws -> CredentialSource {
            let text = RoutesText.file().replacing(#"{"env": "K"}"#, with: credential)
            return try RoutesText.read(text).providers[0].connection.credential
        }
        let pass = CredentialSource.command(CredentialCommand(["pass", "show", "x"], refresh: .seconds(600)))
        #expect(try source(#"{"command": ["pass", "show", "x"]}"#) == pass)
        #expect(
            try source(#"{"command": "key", "refresh": "1h"}"#)
                == .command(CredentialCommand(["key"], refresh: .seconds(3600)))
        )
        #expect(
            try source(#"{"command": "key", "variables": ["VAULT_ADDR", "VAULT_TOKEN"]}"#)
                == .command(
                    CredentialCommand(["key"], refresh: .seconds(600), variables: ["VAULT_ADDR", "VAULT_TOKEN"])
                )
        )
        for faulty in [
            #"{"command": []}"#, #"{"command": [""]}"#, #"{"command": ["a"], "env": "K"}"#,
            #"{"env": "K", "refresh": "1m"}"#,
        ] {
            #expect(throws: FaultyConfiguration.self) { try source(faulty) }
        }
    }

    @Test func `shows an account that comes, changes and goes`() throws {
        let without = Self.file(Self.client("shop", tenant: "s"))
        let one = Self.file(Self.client("shop", tenant: "s", #"{"p": {"env": "A"}}"#))
        let other = Self.file(Self.client("shop", tenant: "s", #"{"p": {"env": "B"}}"#))
        func changes(_ old: String, _ new: String) throws -> RoutesChanges {
            RoutesChanges(from: try RoutesText.read(old), to: try RoutesText.read(new))
        }
        #expect(try changes(without, one).list.map(\.summary) == ["provider p@s: added"])
        #expect(try changes(one, other).list.map(\.summary) == ["provider p@s: changed: credential"])
        #expect(try changes(one, without).removedProviders == ["p@s"])
    }
}
