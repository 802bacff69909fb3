import Testing

@testable import Sandbox

/// `POST /v1/events/usage` at Flexprice counts otherwise than its query does.
@Suite struct UsageTests {
    private func usage(_ probe: SimulatorProbe, _ fields: String) -> SandboxJSON {
        let body =
            #"{"event_name":"api","start_time":"2026-10-30T00:00:00Z","end_time":"2026-11-01T00:00:00Z",\#(fields)}"#
        return probe.post("/v1/events/usage", body, after: 3600).json
    }

    private var probe: SimulatorProbe {
        let probe = SimulatorProbe.flexprice
        probe.send([
            ProbeEvent.flexprice("a", "2026-10-30T10:00:00Z", properties: #"{"n":2.5,"t":"x"}"#),
            ProbeEvent.flexprice("a", "2026-10-30T10:00:01Z", properties: #"{"n":"2.5"}"#),
            ProbeEvent.flexprice("b", "2026-10-30T23:59:59.999Z", customer: "d", properties: #"{"t":"x","n":"4"}"#),
            ProbeEvent.flexprice("a", "2026-10-31T00:00:00Z", properties: #"{"n":"-9"}"#),
            ProbeEvent.flexprice("edge", "2026-11-01T00:00:00Z", properties: #"{"n":"100"}"#),
            ProbeEvent.flexprice("other", "2026-10-30T10:00:00Z", name: "else"),
        ])
        return probe
    }

    @Test func `it counts ids, not rows, and the end is not in the window`() {
        #expect(usage(probe, #""aggregation_type":"COUNT""#) == ["value": 2, "event_name": "api", "type": "COUNT"])
        let rows = probe.list([
            ("event_name", "api"), ("start_time", "2026-10-30T00:00:00Z"), ("end_time", "2026-11-01T00:00:00Z"),
        ])
        #expect(rows.total == 5)
        #expect(usage(probe, #""aggregation_type":"SUM""#)["type"] == "COUNT")
    }

    @Test func `of several rows of an id one is added up; less than nothing is nothing`() {
        let days = usage(probe, #""aggregation_type":"SUM","property_name":"n","window_size":"DAY""#)
        #expect(
            days["results"] == [
                ["window_size": "2026-10-30T00:00:00Z", "value": .number("6.5")],
                ["window_size": "2026-10-31T00:00:00Z", "value": .number("0.0")],
            ]
        )
        #expect(days["value"] == nil)
        let one = usage(probe, #""aggregation_type":"SUM","property_name":"n","external_customer_id":"d""#)
        #expect(one["value"] == .number("4.0"))
    }

    @Test func `filters match texts, and other properties can be added up`() {
        #expect(usage(probe, #""aggregation_type":"COUNT","filters":{"t":["x"]}"#)["value"] == 2)
        #expect(usage(probe, #""aggregation_type":"SUM","property_name":"t""#)["value"] == nil)
        #expect(usage(probe, #""aggregation_type":"COUNT","window_size":"HOUR""#)["results"]?.array?.count == 3)
    }

    @Test(arguments: [#""aggregation_type":"MAX""#, #""aggregation_type":"COUNT","window_size":"AGES""#])
    func `it refuses what the simulator does not have`(fields: String) {
        #expect(usage(probe, fields)["code"] == "validation_error")
    }

    @Test(arguments: [
        ("DAY", 1_793_491_200), ("HOUR", 1_793_534_400), ("15MIN", 1_793_535_300), ("WEEK", 1_793_491_200),
        ("MONTH", 1_793_491_200), ("12HOUR", 1_793_534_400),
    ])
    func `buckets begin where UTC says`(size: String, start: Int) {
        // 2026-11-01 was a Sunday; this is 12:25:40.
        #expect(FlexpriceBucket(size)?.start(of: 1_793_535_940) == start)
    }
}
