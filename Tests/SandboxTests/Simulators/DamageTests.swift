import Testing

@testable import Sandbox

/// What a vendor does to events that it has confirmed, and how it tells.
@Suite struct DamageTests {
    private static let vendors = ["lago", "polar", "flexprice"]

    @Test(arguments: vendors)
    func `a lost event is confirmed, and neither listed nor billed, until it is sent again`(vendor: String) throws {
        let probe = try VisibilityTests.probe(vendor)
        try probe.set(#"{"lose":1}"#)
        #expect((200..<300).contains(probe.send([VisibilityTests.event(vendor, "a")]).status))
        #expect(probe.list(after: 1).total == 0 && probe.simulator.books.counts == (received: 1, billed: 0))
        #expect(probe.planted["lost"] == ["a"])
        try probe.set(#"{"lose":0}"#)
        let again = probe.send([VisibilityTests.event(vendor, "a")], after: 1)
        #expect((200..<300).contains(again.status))
        if vendor == "polar" { #expect(again.json == ["inserted": 1, "duplicates": 0]) }
        #expect(probe.list(after: 2).shown == ["a"] && probe.simulator.books.counts.billed == 1)
        #expect(probe.planted["lost"] == [] && probe.planted["mended"] == ["a"])
    }

    @Test(arguments: vendors)
    func `a doubled event is listed and billed twice, and stays so`(vendor: String) throws {
        let probe = try VisibilityTests.probe(vendor)
        try probe.set(#"{"double":1}"#)
        probe.send([VisibilityTests.event(vendor, "a")])
        #expect(probe.list(after: 99).shown == ["a", "a"] && probe.list(after: 99).total == 2)
        #expect(probe.simulator.books.counts == (received: 1, billed: 2) && probe.planted["doubled"] == ["a"])
        probe.send([VisibilityTests.event(vendor, "a")], after: 100)
        #expect(probe.list(after: 199).total == 2 && probe.simulator.books.counts.billed == 2)
    }

    @Test(arguments: [("lago", "properties", "2"), ("polar", "metadata", "2"), ("flexprice", "properties", "\"2\"")])
    func `an altered event is listed with another value`(vendor: String, container: String, value: String) throws {
        let probe = try VisibilityTests.probe(vendor)
        try probe.set(#"{"alter":1}"#)
        probe.send([VisibilityTests.event(vendor, "a")])
        let path = ["lago": "/api/v1/events", "polar": "/v1/events/", "flexprice": "/v1/events/lookup"][vendor] ?? ""
        let answer = probe.get(path, query: [("id", "a")], after: 1).json
        let event = (answer["events"] ?? answer["items"])?.array?.first
        #expect(event?[container]?["n"]?.text == value)
        #expect(probe.planted["altered"] == ["a"])
    }

    @Test func `a sum of Flexprice's shows what was altered`() throws {
        let probe = SimulatorProbe.flexprice
        try probe.set(#"{"alter":1}"#)
        probe.send([ProbeEvent.flexprice("a", properties: #"{"n":"10"}"#)])
        let body =
            #"{"event_name":"api","aggregation_type":"SUM","property_name":"n","start_time":"2026-10-01T00:00:00Z"}"#
        #expect(probe.post("/v1/events/usage", body, after: 5).json["value"] == .number("11.0"))
    }

    @Test func `damage is spread over a batch as the probabilities say`() throws {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"lose":0.1,"double":0.1,"alter":0.1,"seed":3,"batch":2000}"#)
        probe.send((0..<2000).map { ProbeEvent.lago("e\($0)") })
        let planted = probe.planted
        for kind in ["lost", "doubled", "altered"] { #expect((100..<300).contains(planted[kind]?.count ?? 0)) }
        let all = Planting.Kind.allCases.flatMap { planted[$0.rawValue] ?? [] }
        #expect(Set(all).count == all.count)
        let counts = probe.simulator.books.counts
        #expect(counts.billed == 2000 - (planted["lost"]?.count ?? 0) + (planted["doubled"]?.count ?? 0))
    }
}
