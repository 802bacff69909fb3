import Access
import ConfigurationFile
import Events
import JSON
import Routing
import Testing
import Vendors

/// Files that must be refused, or must not do what they seem to.
@Suite struct RoutesSafetyTests {
    @Test(arguments: [
        #""sk_live_planted""#, #"["sk_live_planted"]"#, #"{"value": "sk_live_planted"}"#,
        #"{"env": ["sk_live_planted"]}"#, #"{"env": "A", "file": "sk_live_planted"}"#,
        #"{"key": {"a": "sk_live_planted"}}"#, #"{"inline": "sk_live_planted"}"#,
        #"{"inline": "sk_live_planted", "env": "A"}"#,
        #"{"command": ["c"], "variables": "B=sk_live_planted"}"#,
        #"{"command": ["c"], "variables": ["B=sk_live_planted"]}"#,
        #"{"command": ["c"], "refresh": "sk_live_planted"}"#,
        #"{"env": "A", "other": "sk_live_planted"}"#,
    ])
    func `never repeats a key that somebody wrote where its place belongs`(credential: String) {
        let text = RoutesText.file().replacing(#"{"env": "K"}"#, with: credential)
        let found = RoutesText.faults(in: text)
        #expect(!found.isEmpty)
        #expect(!found.joined().contains("planted"), "\(found)")
    }

    @Test func `says what kind of value stands where a credential's own belongs, and shows values elsewhere`() {
        let number = RoutesText.faults(
            in: RoutesText.file().replacing(#"{"env": "K"}"#, with: #"{"env": 471147114711}"#)
        )
        #expect(number.joined().contains(#""env" must be a string, found a number"#), "\(number)")
        #expect(!number.joined().contains("4711"), "\(number)")
        let later = RoutesText.faults(in: RoutesText.file(provider: #""batch": "many""#))
        #expect(later.joined().contains("many"), "\(later)")
    }

    @Test func `takes a key in the file where that is allowed, and warns without repeating it`() throws {
        let text = RoutesText.file().replacing(#"{"env": "K"}"#, with: #"{"inline": "sk_live_planted"}"#)
        let reading = try RoutesReader(vendors: SampleVendors.all, allowsInlineSecrets: true).read(Array(text.utf8))
        #expect(reading.routes.providers.first?.connection.credential == .inline(Secret("sk_live_planted")))
        let warnings = reading.warnings.map { $0.line(in: "f") }.joined()
        #expect(warnings.contains("routes.json contains a vendor key") && !warnings.contains("planted"))
        #expect(!RoutesReport.summary(of: reading.routes, file: "f").contains("planted"))
        #expect(RoutesText.faults(in: text).joined().contains("--allow-inline-secrets"))
    }

    @Test func `never repeats a key that stands in an address`() {
        for address in ["https://planted@", "planted://u:planted@host", "https://u:planted@host", "//u:planted@host"] {
            let found = RoutesText.faults(in: RoutesText.file(provider: #""base_url": "\#(address)""#))
            #expect(found.count == 1)
            #expect(!found.joined().contains("planted"), "\(found)")
        }
    }

    @Test func `refuses two clients with one key, because the key could not tell them apart`() {
        let clients = "[\(RoutesText.client("a")), \(RoutesText.client("b", digest: RoutesText.digest.uppercased()))]"
        let found = RoutesText.faults(in: RoutesText.file(clients: clients))
        #expect(found.count == 1, "\(found)")
    }

    @Test func `refuses two routes of one name`() {
        let route = #"{"name": "r", "match": {"name": "a"}, "to": [{"provider": "p"}]}"#
        #expect(RoutesText.faults(in: RoutesText.file(routes: "[\(route), \(route)]")).count == 1)
    }

    @Test(arguments: ["name", "customer_id", "client"])
    func `refuses an empty list of conditions, which would take every event`(condition: String) {
        let routes = #"[{"name": "r", "match": {"\#(condition)": []}, "to": [{"provider": "p"}]}]"#
        #expect(RoutesText.faults(in: RoutesText.file(routes: routes)).count == 1)
    }

    @Test func `refuses more accounts than can be compared with one another`() throws {
        func provider(_ number: Int) -> String {
            #""p\#(number)": {"adapter": "acme", "credential": {"env": "K\#(number)"}}"#
        }
        func file(_ providers: Int) -> String {
            RoutesText.file().replacing(
                #""providers": {"#,
                with: #""providers": {\#((1..<providers).map(provider).joined(separator: ", ")), "#
            )
        }
        #expect(try RoutesText.read(file(1000)).providers.count == 1000)
        let found = RoutesText.faults(in: file(1001))
        #expect(found.count == 1 && found[0].contains("there are 1001 providers, and at most 1000 may be"), "\(found)")

        func clients(_ count: Int) -> String {
            let list = (1...count).map { #"{"name": "c\#($0)", "credentials": {"p": {"env": "C\#($0)"}}}"# }
            return RoutesText.file(clients: "[\(list.joined(separator: ", "))]")
        }
        #expect(try RoutesText.read(clients(999)).providers.count == 1000)
        let own = RoutesText.faults(in: clients(2000))
        #expect(own.count == 1 && own[0].contains("make more than 1000 accounts"), "\(own)")
    }

    @Test func `looks for what was meant at the first faults only`() {
        let words = (0..<50).map { _ in #""shpo""# }.joined(separator: ", ")
        let routes = #"[{"name": "r", "match": {"client": [\#(words)]}, "to": [{"provider": "p"}]}]"#
        let found = RoutesText.faults(in: RoutesText.file(routes: routes, clients: "[\(RoutesText.client("shop"))]"))
        #expect(found.count == 50)
        #expect(found.filter { $0.contains("did you mean") }.count == 10)
    }

    @Test func `refuses more destinations in a route than a plan can tell apart`() throws {
        let names = (0..<65).map { "p\($0)" }
        let providers = names.map { #""\#($0)": {"adapter": "acme", "credential": {"env": "K"}}"# }.joined(
            separator: ","
        )
        let destinations = names.map { #"{"provider": "\#($0)"}"# }.joined(separator: ",")
        let text = #"""
            {"version": 1, "providers": {\#(providers)}, "routes": [{"name": "r", "to": [\#(destinations)]}], "clients": []}
            """#
        #expect(RoutesText.faults(in: text).count == 1)
    }

    @Test func `finds the other faults of a destination whose provider is unknown`() {
        let routes = #"[{"name": "r", "to": [{"provider": "q", "mode": "primry"}]}]"#
        #expect(RoutesText.faults(in: RoutesText.file(routes: routes)).count == 2)
    }

    @Test func `finds the faults beside an element of a wrong type`() {
        let routes = #"[{"name": "r", "to": [{"provider": "p", "mode": "primry"}]}, 7]"#
        #expect(RoutesText.faults(in: RoutesText.file(routes: routes)).count == 2)
    }

    @Test func `routes a name by its bytes, also after its look-alike`() throws {
        let routes = "[{\"name\": \"r\", \"match\": {\"name\": \"caf\u{E9}\"}, \"to\": [{\"provider\": \"p\"}]}]"
        let table = RoutingTable(try RoutesText.read(RoutesText.file(routes: routes)))
        #expect(table.plan(for: "caf\u{E9}", customerID: "c", subscriptionID: nil, client: "shop") != nil)
        #expect(table.plan(for: "cafe\u{301}", customerID: "c", subscriptionID: nil, client: "shop") == nil)
    }

    @Test func `names the scope that it does not know in plain words`() {
        let clients = "[\(RoutesText.client("a", digest: RoutesText.digest, #", "scopes": ["events:wriet"]"#))]"
        let found = RoutesText.faults(in: RoutesText.file(clients: clients))
        #expect(found.count == 1)
        #expect(!(found.first ?? "").contains("unknown an element"), "\(found)")
    }

    @Test(arguments: [#""tenant": """#, #""tenant": "a\nb""#])
    func `refuses a tenant without a proper name`(tenant: String) {
        let clients = "[\(RoutesText.client("a", digest: RoutesText.digest, ", " + tenant))]"
        #expect(RoutesText.faults(in: RoutesText.file(clients: clients)).count == 1)
    }

    @Test(arguments: ["", "a\\nb"])
    func `refuses a route without a proper name`(name: String) {
        let routes = #"[{"name": "\#(name)", "to": [{"provider": "p"}]}]"#
        #expect(RoutesText.faults(in: RoutesText.file(routes: routes)).count == 1)
    }

    @Test func `gives each vendor's settings with that vendor's words in the schema`() throws {
        let schema = String(decoding: RoutesSchema.text(VendorRegistry.all.map(\.traits)), as: UTF8.self)
        for setting in VendorRegistry.all.flatMap(\.traits.settings) {
            guard case .choice(let words) = setting.kind else { continue }
            let root = try JSONDocument(parsing: Array(schema.utf8)).root
            let destination = root["properties"]?["routes"]?["items"]?["properties"]?["to"]?["items"]
            let allowed = destination?["properties"]?[setting.name]?["enum"]?.elements.compactMap(\.string) ?? []
            #expect(Set(words).isSubset(of: allowed), "\(setting.name): \(words) against \(allowed)")
        }
    }

    @Test func `agrees with the schema on the forms of times and rates`() {
        for text in ["007s", "+5/s", "050/s"] {
            let name = text.contains("/") ? "rate_limit" : "timeout"
            let found = RoutesText.faults(in: RoutesText.file(provider: #""\#(name)": "\#(text)""#))
            #expect(found.count == 1, "\(text)")
        }
    }
}
