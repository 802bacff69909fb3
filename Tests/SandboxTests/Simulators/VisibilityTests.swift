import Testing

@testable import Sandbox

/// Confirmed events show up in reads later, and are merged later, as at vendors that keep them in an analytics store.
@Suite struct VisibilityTests {
    @Test(arguments: ["lago", "polar", "flexprice"])
    func `an event is confirmed at once, and shown after the wait`(vendor: String) throws {
        let probe = try Self.probe(vendor)
        try probe.set(#"{"visible_after_ms":2000}"#)
        probe.send([Self.event(vendor, "a")])
        #expect(probe.list(after: 1.9).shown == [] && probe.list(after: 1.9).total == 0)
        #expect(probe.simulator.books.counts.billed == 1)
        #expect(probe.list(after: 2).shown == ["a"] && probe.list(after: 2).total == 1)
    }

    @Test func `each event waits for a time of its own within the range`() throws {
        let probe = SimulatorProbe.flexprice
        try probe.set(#"{"visible_after_ms":[1000,3000],"seed":5}"#)
        probe.send((0..<200).map { ProbeEvent.flexprice("e\($0)") })
        #expect(probe.list(after: 0.999).total == 0)
        #expect((1..<200).contains(probe.list(after: 2).total))
        #expect(probe.list(after: 3).total == 200)
    }

    @Test func `a single event is found when it is shown`() throws {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"visible_after_ms":500}"#)
        probe.send([ProbeEvent.lago("a")])
        #expect(probe.get("/api/v1/events/a", after: 0.4).status == 404)
        #expect(probe.get("/api/v1/events/a", after: 0.5).status == 200)
    }

    @Test func `Lago on ClickHouse lists the raw rows, repeats too, with texts for values`() throws {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"store":"clickhouse"}"#)
        probe.send([ProbeEvent.lago("a", n: 1)])
        probe.send([ProbeEvent.lago("a", n: 2)], after: 1)
        let events = probe.get("/api/v1/events", after: 3600).json["events"]?.array ?? []
        #expect(events.map { $0["properties"]?["n"] } == ["2", "1"])
        #expect(events[0]["created_at"] == "2026-11-01T00:00:01Z")
    }

    @Test func `Lago on ClickHouse keeps the last of equal rows once it has merged`() throws {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"store":"clickhouse","merge_after_ms":2000}"#)
        probe.send([ProbeEvent.lago("a", n: 1), ProbeEvent.lago("b")])
        probe.send([ProbeEvent.lago("a", n: 2)], after: 1)
        // Another time, code or subscription is another event.
        probe.send([ProbeEvent.lago("a", "1793491201"), ProbeEvent.lago("a", code: "x")], after: 1)
        #expect(probe.list(after: 2.9).total == 5)
        #expect(probe.list(after: 3).total == 4)
        let events = probe.get("/api/v1/events", after: 3).json["events"]?.array ?? []
        #expect(events.count { $0["properties"]?["n"] == "2" } == 1)
    }

    @Test func `Flexprice shows repeats until it has merged them, whatever the customer`() throws {
        let probe = SimulatorProbe.flexprice
        try probe.set(#"{"merge_after_ms":1000}"#)
        probe.send([ProbeEvent.flexprice("a"), ProbeEvent.flexprice("a", customer: "d")])
        #expect(probe.list(after: 0.5).total == 2 && probe.simulator.books.counts.billed == 2)
        #expect(probe.list(after: 1).total == 1)
        try probe.set(#"{"merge_after_ms":null}"#)
        probe.send([ProbeEvent.flexprice("a")], after: 2)
        #expect(probe.list(after: 9999).total == 2)
    }

    @Test func `the last one stays, though it was shown first`() throws {
        for seed in 0..<20 {
            let probe = SimulatorProbe.flexprice
            try probe.set(#"{"visible_after_ms":[0,1000],"seed":\#(seed)}"#)
            for number in 0..<5 { probe.send([ProbeEvent.flexprice("a", properties: #"{"n":"\#(number)"}"#)]) }
            let shown = probe.get("/v1/events/lookup", query: [("id", "a")], after: 2).json["events"]?.array ?? []
            #expect(shown.map { $0["properties"]?["n"] } == ["4"], "seed \(seed)")
        }
    }

    @Test func `a child of Polar's waits until its parent is shown`() throws {
        let probe = SimulatorProbe.polar
        probe.send([ProbeEvent.polar("child", more: #","parent_id":"parent""#)])
        try probe.set(#"{"visible_after_ms":1000}"#)
        probe.send([ProbeEvent.polar("parent")])
        #expect(probe.list(after: 0.5).shown == [])
        #expect(Set(probe.list(after: 1).shown) == ["child", "parent"])
    }

    static func probe(_ vendor: String) throws -> SimulatorProbe {
        switch vendor {
        case "lago": .lago
        case "polar": .polar
        default: .flexprice
        }
    }

    static func event(_ vendor: String, _ id: String) -> String {
        switch vendor {
        case "lago": ProbeEvent.lago(id)
        case "polar": ProbeEvent.polar(id, more: #","metadata":{"n":1}"#)
        default: ProbeEvent.flexprice(id)
        }
    }
}
