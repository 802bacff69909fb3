import Access
import ConfigurationFile
import Events
import Facades
import Routing
import Testing
import Vendors

@Suite struct PassReaderTests {
    /// A file with all vendors: Lago primary, Polar a mirror, no Flexprice.
    private static func file(_ client: String, more: String = "") -> String {
        #"""
        {"version": 1,
         "providers": {"lago-prod": {"adapter": "lago", "credential": {"env": "A"}},
                       "lago-eu": {"adapter": "lago", "credential": {"env": "B"}},
                       "polar-prod": {"adapter": "polar", "credential": {"env": "C"}}},
         "routes": [{"name": "r", "to": [{"provider": "lago-prod", "subscription_id": "s"},
                                         {"provider": "polar-prod", "mode": "mirror"}]}],
         "clients": [{"name": "shop", "scopes": ["vendor:read"], \#(client)}\#(more)]}
        """#
    }

    private static func reading(_ client: String, more: String = "") throws -> RoutesReader.Contents {
        try RoutesReader(vendors: VendorRegistry.all, isServed: FacadeRegistry.serves)
            .read(Array(file(client, more: more).utf8))
    }

    private static func faults(_ client: String, more: String = "") -> [String] {
        do {
            return try reading(client, more: more).warnings.map { $0.line(in: "f") }
        } catch {
            return (error as? FaultyConfiguration)?.faults.map { $0.line(in: "f") } ?? ["\(error)"]
        }
    }

    @Test func `reads rules by facade and by provider, and shows them`() throws {
        let reading = try Self.reading(
            #""pass": {"lago": ["/api/v1/customers*", "/api/v1/subscriptions*"], "polar-prod": "/v1/customers/*"}"#
        )
        #expect(reading.warnings.isEmpty)
        let pass = reading.routes.clients[0].pass
        #expect(pass["lago"]?.provider == nil && pass["lago"]?.paths.count == 2)
        #expect(pass["polar"]?.provider == "polar-prod" && pass["flexprice"] == nil)
        #expect(!pass.includesSharedAccounts)
        let lago = try #require(pass["lago"])
        #expect(lago.allows(try NormalPath("/api/v1/customers")))
        #expect(lago.allows(try NormalPath("/api/v1/customers/a%2fb/current_usage")))
        #expect(!lago.allows(try NormalPath("/api/v1/invoices")))
        let report = RoutesReport.summary(of: reading.routes, file: "f")
        let words = "passes lago: /api/v1/customers* or /api/v1/subscriptions*; polar at polar-prod: /v1/customers/*"
        #expect(report.contains(words), "\(report)")
    }

    @Test func `passes nothing by default`() throws {
        let client = try Self.reading(#""tenant": "t""#).routes.clients[0]
        #expect(client.pass == PassRules())
    }

    @Test(arguments: [
        (#""pass": {"lagoo": "/api/v1/x"}"#, #"no facade and no provider is named "lagoo" (did you mean "lago"?)"#),
        (#""pass": {"lago": "/v1/customers"}"#, "cannot match: the paths of Lago's API begin with /api/v1/"),
        (#""pass": {"lago": "api/v1/customers"}"#, "cannot match: the paths of Lago's API begin with /api/v1/"),
        (#""pass": {"lago": "/api/v1"}"#, "cannot match: the paths of Lago's API begin with /api/v1/"),
        (#""pass": {"lago": "/lago/api/v1/customers"}"#, "the paths of Lago's API begin with /api/v1/"),
        (#""pass": {"lago": "/api/v1/customers?page=1"}"#, "compared with the path alone"),
        (#""pass": {"lago": "/api/v1//customers"}"#, #"write "/api/v1/customers""#),
        (#""pass": {"lago": "/api/v1/a/../customers*"}"#, #"write "/api/v1/customers*""#),
        (#""pass": {"lago": "/api/v1/%63ustomers"}"#, #"write "/api/v1/customers""#),
        (#""pass": {"lago": "/api/v1/a b*"}"#, "it holds a character that must be percent-encoded"),
        (#""pass": {"lago": "/api/v1/events"}"#, "the gateway serves this path itself"),
        (#""pass": {"lago": "/api/v1/events/batch"}"#, "the gateway serves this path itself"),
        (#""pass": {"lago": []}"#, #""lago" passes nothing"#),
        (#""pass": {"lago": {}}"#, #""lago" must be"#), (#""pass": {"lago": 1}"#, #""lago" must be"#),
        (#""pass": {"lago": [1]}"#, #""lago" must be"#),
        (#""pass": {"lago": ["/api/v1/a", 1]}"#, #""lago" must be"#),
        (#""pass": ["/api/v1/customers"]"#, #""pass" must be an object"#),
        (#""pass": {"lago": "/api/v1/a", "lago-eu": "/api/v1/b"}"#, "the facade lago is duplicated"),
        (
            #""pass": {"polar": "/v1/customers/*"}"#,
            #"no provider of polar is primary in the routes of "shop"; use a provider's name, such as "polar-prod", instead of "polar""#
        ),
        (#""pass": {"flexprice": "/v1/customers*"}"#, "no provider of flexprice is primary"),
        (#""pass_shared": "yes""#, #""pass_shared" must be true or false"#),
        (#""pass_shared": true"#, #""pass_shared" has no effect without "pass""#),
    ])
    func `names what is no facade and what cannot match`(client: String, message: String) {
        let found = Self.faults(client)
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
        #expect(found.allSatisfy { $0.wholeMatch(of: #/f:\d+:\d+: .+/#) != nil })
    }

    @Test(arguments: [
        #""pass": {"lago": "*"}"#, #""pass": {"lago": "/api/*"}"#, #""pass": {"lago": "/api/v1/*"}"#,
        #""pass": {"lago": "/api/v1/events*"}"#, #""pass": {"lago": "/api/v1/customers/a%2Fb"}"#,
        #""pass": {"lago-eu": "/api/v1/invoices"}"#,
    ])
    func `takes what may match`(client: String) {
        #expect(Self.faults(client) == [])
    }

    @Test func `warns of an account that tenants share`() {
        let other = #", {"name": "other", "tenant": "other"}"#
        let pass = #""pass": {"lago": "/api/v1/customers*"}"#
        let found = Self.faults(pass, more: other)
        #expect(
            found.count == 1 && found[0].contains("warning: tenants share the account of \"lago-prod\""),
            "\(found)"
        )
        #expect(Self.faults(pass + #", "pass_shared": true"#, more: other) == [])
    }

    @Test func `warns of rules without a scope`() {
        let text = Self.file(#""pass": {"lago": "/api/v1/customers*"}"#).replacing("vendor:read", with: "events:read")
        let reading = try? RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8))
        #expect(reading?.warnings.first?.message.contains("neither the scope vendor:read nor vendor:write") == true)
    }

    @Test func `names the fields that changed`() throws {
        let old = try Self.reading(#""tenant": "t""#).routes
        let new = try Self.reading(#""tenant": "t", "pass": {"lago": "/api/v1/x"}, "pass_shared": true"#).routes
        #expect(RoutesChanges(from: old, to: new).list.map(\.summary) == ["client shop: changed: pass, pass_shared"])
    }

    @Test func `reads how much of a rate limit is for reads`() throws {
        func share(_ fields: String) throws -> Double {
            try RoutesText.read(RoutesText.file(provider: fields)).providers[0].pipeline.readsShare
        }
        #expect(try share(#""batch": 1"#) == 30)
        #expect(try share(#""reads": {"share": 12.5}"#) == 12.5)
        #expect(RoutesText.faults(in: RoutesText.file(provider: #""reads": {"share": 0}"#)).count == 1)
        #expect(RoutesText.faults(in: RoutesText.file(provider: #""reads": {"shares": 1}"#)).count == 1)
    }
}
