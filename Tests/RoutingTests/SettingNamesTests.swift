import Events
import JSON
import Routing
import TestSupport
import Testing

/// A setting is its vendor's own, though the file has no place to say so.
@Suite struct SettingNamesTests {
    private static func text(acme: String, bolt: String, account: String = "") -> String {
        #"""
        {"version": 1,
         "providers": {
           "a": {"adapter": "acme", "credential": {"env": "K"}, "zone": "blue"},
           "b": {"adapter": "bolt", "base_url": "https://bolt.example", "credential": {"env": "K"}\#(account)}},
         "routes": [{"name": "r", "to": [{"provider": "a"\#(acme)}, {"provider": "b"\#(bolt)}]}],
         "clients": []}
        """#
    }

    @Test func `two vendors use one name for different kinds`() throws {
        let text = Self.text(acme: #", "detail": 7"#, bolt: #", "detail": "high""#, account: #", "zone": "red""#)
        let routes = try RoutesText.read(text)
        let settings = routes.routes[0].destinations.map(\.destination.settings)
        #expect(settings[0].number("detail") == 7 && settings[1].text("detail") == "high")
        let headers = routes.providers.map { $0.connection.headers.map { "\($0.name): \($0.value)" } }
        #expect(headers == [["X-Acme-Zone: blue"], ["Bolt-Zone: red"]])
    }

    @Test(arguments: [
        (#", "detail": "high""#, "", #""detail" must be an integer from 1 to 9, found "high""#),
        ("", #", "detail": 7"#, #""detail" must be one of low, high, found 7"#),
        ("", #", "account": "x""#, #"unknown field "account" in a destination at Bolt"#),
    ])
    func `a vendor refuses what only the other one takes`(acme: String, bolt: String, message: String) {
        let faults = RoutesText.faults(in: Self.text(acme: acme, bolt: bolt))
        #expect(faults.count == 1 && faults[0].contains(message), "\(faults)")
    }

    @Test(arguments: [#""detail": 7"#, #""detail": "high""#])
    func `the schema takes what either vendor takes`(setting: String) throws {
        let schema = try JSONDocument(parsing: RoutesSchema.text(SampleVendors.all.map(\.traits))).root
        let file = try JSONDocument(parsing: Array(Self.text(acme: ", \(setting)", bolt: "").utf8)).root
        #expect(SchemaCheck.faults(of: file, by: schema) == [])
    }

    @Test(arguments: [#""detail": 70"#, #""detail": "middle""#, #""detail": true"#])
    func `the schema refuses what neither vendor takes`(setting: String) throws {
        let schema = try JSONDocument(parsing: RoutesSchema.text(SampleVendors.all.map(\.traits))).root
        let file = try JSONDocument(parsing: Array(Self.text(acme: ", \(setting)", bolt: "").utf8)).root
        #expect(SchemaCheck.faults(of: file, by: schema) != [])
    }

    @Test func `an adapter gets its own default where the file says nothing`() throws {
        let routes = try RoutesText.read(Self.text(acme: "", bolt: ""))
        let prepared = try routes.routes[0].destinations.map(\.destination).map { destination in
            let provider = try #require(routes.providers.first { $0.name == destination.provider })
            return destination.settings.completed(by: provider.traits.settings).values["detail"]
        }
        #expect(prepared == [.number(5), .text("low")])
        #expect(routes.routes[0].destinations.allSatisfy { $0.destination.settings.values.isEmpty })
    }

    @Test func `the schema's defaults are what the reader takes`() throws {
        let plain = try RoutesText.read(Self.text(acme: "", bolt: ""))
        let schema = try JSONDocument(parsing: RoutesSchema.text(SampleVendors.all.map(\.traits))).root
        let provider = try #require(schema["properties"]?["providers"]?["additionalProperties"]?["properties"])
        func shown(_ path: [String]) -> String? {
            var node: JSONValue? = provider[path[0]]
            for name in path.dropFirst() { node = node?["properties"]?[name] }
            return node?["default"].map { String(decoding: $0.raw, as: UTF8.self) }
        }
        let fields = [
            ["concurrency"], ["on_uncertain"], ["retry", "base"], ["retry", "cap"], ["retry", "give_up_after"],
            ["retry", "max_retry_after"], ["breaker", "failures"], ["breaker", "pause"], ["breaker", "parked_pause"],
        ]
        let members = try fields.map { path in
            let value = try #require(shown(path), "\(path) has a default")
            return path.count == 1 ? "\"\(path[0])\": \(value)" : "\"\(path[0])\": {\"\(path[1])\": \(value)}"
        }
        for member in members {
            let said = try RoutesText.read(Self.text(acme: "", bolt: "", account: ", \(member)"))
            #expect(said.providers[1] == plain.providers[1], "\(member)")
        }
    }
}
