import Access
import ConfigurationFile
import Events
import Routing
import TestSupport
import Testing

@Suite struct RoutesReaderTests {
    private let reader = RoutesReader(vendors: SampleVendors.all)

    private func faults(_ text: String) -> [String] {
        do {
            return try reader.read(Array(text.utf8)).warnings.map { $0.line(in: "routes.json") }
        } catch {
            return error.faults.map { $0.line(in: "routes.json") }
        }
    }

    /// A good file with one part replaced.
    private func file(replacing part: String, by other: String) -> String {
        precondition(Self.good.contains(part), "the part must be there to be replaced")
        return Self.good.replacing(part, with: other)
    }

    private static let digest = String(repeating: "ab", count: 32)
    private static let good = #"""
        {"version": 1,
         "providers": {
           "acme-prod": {"adapter": "acme", "credential": {"env": "ACME_KEY"}},
           "other": {"adapter": "bolt", "base_url": "http://127.0.0.1:1", "credential": {"file": "/run/key"}, "rate_limit": "50/s"}},
         "routes": [
           {"name": "default", "match": {"name": "*"},
            "to": [{"provider": "acme-prod", "mode": "primary", "account": "a_{customer_id}"},
                   {"provider": "other", "mode": "mirror", "share": 25, "rename": {"a": "b"}}]}],
         "clients": [{"name": "shop", "key_sha256": "DIGEST"}]}
        """#.replacing("DIGEST", with: digest)

    @Test func `reads a whole file, with the vendors' defaults filled in`() throws {
        let routes = try reader.read(Array(Self.good.utf8)).routes
        #expect(routes.providers.map(\.name) == ["acme-prod", "other"])
        #expect(routes.providers[0].connection.baseURL == "https://api.acme.example")
        #expect(routes.providers[0].connection.credential == .environment("ACME_KEY"))
        #expect(routes.providers[0].pipeline.batch == BatchLimit(events: 100, bytes: 1 << 20))
        #expect(routes.providers[1].pipeline.rateLimit == RateLimit(requests: 50, per: .seconds(1)))
        #expect(routes.routes[0].destinations[0].destination.settings.text("account") == "a_{customer_id}")
        #expect(routes.routes[0].destinations[1].share == 25)
        #expect(routes.routes[0].destinations[1].destination.rename == ["a": "b"])
        #expect(routes.clients[0].tenant == "shop")
        #expect(routes.clients[0].scopes == [.writeEvents, .readEvents])
    }

    @Test(arguments: [
        (#""mode": "primary""#, #""mode": "primry""#, #"unknown mode "primry" (did you mean "primary"?)"#),
        (#""provider": "other""#, #""provider": "othr""#, #"no provider is named "othr" (did you mean "other"?)"#),
        (#""adapter": "acme""#, #""adapter": "acmee""#, #"unknown adapter "acmee" (did you mean "acme"?)"#),
        (#""version": 1"#, #""version": 2"#, #""version" must be an integer from 1 to 1, found 2"#),
        (#""share": 25"#, #""share": 125"#, #""share" must be a number from 0 to 100, found 125"#),
        (
            #""share": 25"#, #""shares": 25"#,
            #"unknown field "shares" in a destination at Bolt (did you mean "share"?)"#
        ),
        (#""rate_limit": "50/s""#, #""rate_limit": "fast""#, #""rate_limit" must be a rate such as"#),
        (#"{"env": "ACME_KEY"}"#, #"{"value": "sk_123"}"#, #"unknown field "value""#),
        (#"{"env": "ACME_KEY"}"#, #""sk_123""#, #""credential" must be an object"#),
        (#""base_url": "http://127.0.0.1:1", "#, "", #""base_url" is missing: Bolt has no standard address"#),
        (#""http://127.0.0.1:1""#, #""ftp://host""#, #""base_url" must start with https:// or http://"#),
        (#""http://127.0.0.1:1""#, #""http://u:p@host""#, #""base_url" must not hold a user or a password"#),
        (#""http://127.0.0.1:1""#, #""http://host/?key=1""#, #""base_url" must end with its path"#),
        (
            #""a_{customer_id}""#, #""a_{custmer_id}""#,
            #"the template names {custmer_id}, which no event has (did you mean "customer_id"?)"#
        ),
        (#""a_{customer_id}""#, #""a_{customer_id""#, "a brace in the template is never closed"),
        (
            #""provider": "other", "mode""#, #""provider": "acme-prod", "mode""#,
            #"the provider "acme-prod" is duplicated in this route"#
        ),
        (Self.digest, "1234", #""key_sha256" must be 64 hexadecimal digits"#),
        (#""name": "default", "#, "", #""name" is missing in a route"#),
        (
            #""match": {"name": "*"}"#, #""match": {"client": "shp"}"#,
            #"no client is named "shp" (did you mean "shop"?)"#
        ),
    ])
    func `names the place of a fault and the way out`(part: String, other: String, message: String) {
        let found = faults(file(replacing: part, by: other))
        #expect(found.contains { $0.contains(message) }, "\(found)")
        #expect(found.allSatisfy { $0.wholeMatch(of: #/routes\.json:\d+:\d+: .+/#) != nil })
    }

    @Test func `gives line and column of the very value`() {
        let found = faults(file(replacing: #""mode": "primary""#, by: #""mode": "primry""#))
        #expect(found == [#"routes.json:7:46: unknown mode "primry" (did you mean "primary"?)"#])
    }

    @Test func `finds all faults of a file at once, in its order`() {
        let text = file(replacing: #""mode": "primary""#, by: #""mode": "primry""#)
            .replacing(#""version": 1"#, with: #""version": 9"#).replacing(Self.digest, with: "x")
        let found = faults(text)
        #expect(found.count == 3)
        #expect(found.map { $0.split(separator: ":")[1] } == ["1", "7", "9"])
    }

    @Test func `says where broken JSON breaks`() {
        #expect(
            faults("{\n  \"version\": 1,,\n}") == [
                "routes.json:2:16: this is not JSON: expected a key in double quotes"
            ]
        )
    }

    @Test func `ignores a comment in every object`() throws {
        let text = Self.good.replacing("{\"", with: #"{"_comment": ["why", "since when"], ""#)
            .replacing(#"{"_comment": ["why", "since when"], "a": "b"}"#, with: #"{"a": "b"}"#)
        #expect(text.matches(of: #/_comment/#).count == 10)
        #expect(faults(text) == [])
        let plain = try reader.read(Array(Self.good.utf8)).routes
        #expect(try reader.read(Array(text.utf8)).routes.providers == plain.providers)
    }

    @Test func `takes no comment of another kind`() {
        let found = faults(file(replacing: #""version": 1"#, by: #""version": 1, "_comment": 7"#))
        #expect(found == [#"routes.json:1:28: "_comment" must be a string or an array of strings, found 7"#])
    }

    @Test func `warns of a route that is never reached`() {
        let second = #"{"name": "late", "to": [{"provider": "other"}]}"#
        let text = Self.good.replacing(#""b"}}]}]"#, with: #""b"}}]}, \#(second)]"#)
        let found = faults(text)
        #expect(
            found.count == 1 && found[0].contains(#"never reached: "default" before it matches every event"#),
            "\(found)"
        )
    }
}

/// Two made-up vendors: one with a standard address and a setting, one without.
enum SampleVendors {
    static let all = traits.map { SampleAdapter($0) }

    private static let traits = [
        VendorTraits(
            adapter: "acme",
            vendor: "Acme",
            api: VendorAPI(
                defaultBaseURL: "https://api.acme.example",
                credential: .header(name: "Authorization", prefix: "Bearer "),
                accountHeaders: [
                    AccountHeader(setting: "space", header: "X-Acme-Space", summary: "The space."),
                    AccountHeader(setting: "zone", header: "X-Acme-Zone", summary: "The zone."),
                ]
            ),
            requests: RequestTraits(
                batch: BatchLimit(events: 100, bytes: 1 << 20),
                deduplication: .byIdentity(memory: nil)
            ),
            settings: [
                SettingField(name: "account", kind: .template, summary: "The account."),
                SettingField(name: "detail", kind: .number(1...9), default: .number(5), summary: "How much."),
            ]
        ),
        VendorTraits(
            adapter: "bolt",
            vendor: "Bolt",
            api: VendorAPI(
                defaultBaseURL: nil,
                credential: .query(name: "key"),
                accountHeaders: [AccountHeader(setting: "zone", header: "Bolt-Zone", summary: "The region.")]
            ),
            requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1 << 20), deduplication: .none),
            settings: [
                SettingField(
                    name: "detail",
                    kind: .choice(["low", "high"]),
                    default: .text("low"),
                    summary: "How exact."
                )
            ]
        ),
    ]
}
