import ConfigurationFile
import Events
import JSON
import Routing
import TestSupport
import Testing
import Vendors

/// A vendor that is one folder and one line: everything else learns of it from its adapter. The behaviour suite and the exchanges run
/// for it too.
@Suite struct AcmeTests {
    private static let text = #"""
        {"version": 1,
         "providers": {
           "a": {"adapter": "acme", "credential": {"env": "ACME"}, "batch": 1},
           "l": {"adapter": "lago", "credential": {"env": "LAGO"}}},
         "routes": [{"name": "r", "to": [{"provider": "a", "nested": false}, {"provider": "l", "nested": "flatten"}]}],
         "clients": []}
        """#

    private func faults(_ text: String) -> [String] {
        do {
            return try RoutesReader(vendors: TestedVendors.all).read(Array(text.utf8)).warnings.map(\.message)
        } catch {
            return error.faults.map(\.message)
        }
    }

    @Test func `routes.json knows its adapter and its settings`() throws {
        let routes = try RoutesReader(vendors: TestedVendors.all).read(Array(Self.text.utf8)).routes
        #expect(routes.providers[0].traits.vendor == "Acme" && routes.providers[0].adapter is AcmeAdapter)
        #expect(routes.providers[0].connection.baseURL == "https://api.acme.example")
        let destinations = routes.routes[0].destinations.map(\.destination)
        #expect(!AcmeAdapter().prepare(destinations[0]).settings.isNested)
        #expect(destinations[1].settings.text("nested") == "flatten")
    }

    @Test(arguments: [
        (#""nested": false"#, #""nested": "flatten""#, #""nested" must be true or false, found "flatten""#),
        (#""nested": "flatten""#, #""nested": true"#, #""nested" must be one of keep, flatten, stringify"#),
        (#""batch": 1"#, #""batch": 2"#, #""batch" is 2, but Acme gets at most 1 events in a request"#),
        (#""adapter": "acme""#, #""adapter": "acm""#, #"unknown adapter "acm" (did you mean "acme"?)"#),
    ])
    func `faults are about its own traits`(part: String, other: String, message: String) {
        let found = faults(Self.text.replacing(part, with: other))
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test func `the schema has its name, and takes both kinds of a setting that two vendors name alike`() throws {
        let schema = try JSONDocument(parsing: RoutesSchema.text(TestedVendors.all.map(\.traits))).root
        let provider = schema["properties"]?["providers"]?["additionalProperties"]?["properties"]
        #expect(provider?["adapter"]?["enum"]?.elements.compactMap(\.string).last == "acme")
        let route = schema["properties"]?["routes"]?["items"]?["properties"]
        let kinds = route?["to"]?["items"]?["properties"]?["nested"]?["anyOf"]
        #expect(kinds?.elements.contains { $0["enum"] != nil } == true)
        #expect(kinds?.elements.contains { $0["type"]?.string == "boolean" } == true)
    }

    @Test func `its form carries properties that a form must escape`() throws {
        let adapter = AcmeAdapter()
        let event = SampleEvent.accepted(properties: #"{"a":"1&2=3+4%5"}"#)
        let translated = try adapter.translate(event, for: SampleEvent.destination(adapter))
        #expect(adapter.request(carrying: [translated]).texts?.last == #"{"a":"1&2=3+4%5"}"#)
        let without = SampleEvent.destination(adapter, settings: DestinationSettings(["nested": .flag(false)]))
        #expect(adapter.request(carrying: [try adapter.translate(event, for: without)]).texts?.count == 4)
    }
}
