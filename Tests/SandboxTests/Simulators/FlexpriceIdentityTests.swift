import Testing

@testable import Sandbox

/// The section "Idempotency" of Flexprice's fact sheet: what is one event for the list, and for the bill.
@Suite struct FlexpriceIdentityTests {
    private static let first = ProbeEvent.flexprice("e", "2026-10-31T00:00:00.100Z")

    /// How many rows the list has, and how many are billed, after a second event.
    @Test(arguments: [
        ("the same", first, 1, 1),
        ("another value", ProbeEvent.flexprice("e", "2026-10-31T00:00:00.100Z", properties: #"{"n":"2"}"#), 1, 1),
        ("another name", ProbeEvent.flexprice("e", "2026-10-31T00:00:00.100Z", name: "other"), 1, 1),
        // Billing keeps whole seconds, the list milliseconds.
        ("the same second", ProbeEvent.flexprice("e", "2026-10-31T00:00:00.101Z"), 2, 1),
        ("the same millisecond", ProbeEvent.flexprice("e", "2026-10-31T00:00:00.1009Z"), 1, 1),
        ("another second", ProbeEvent.flexprice("e", "2026-10-31T00:00:01.100Z"), 2, 2),
        // The list's key has no customer.
        ("another customer", ProbeEvent.flexprice("e", "2026-10-31T00:00:00.100Z", customer: "d"), 1, 2),
        ("another id", ProbeEvent.flexprice("E", "2026-10-31T00:00:00.100Z"), 2, 2),
        ("another offset", ProbeEvent.flexprice("e", "2026-10-31T02:00:00.100+02:00"), 1, 1),
    ])
    func `a second event is told apart by id, timestamp and customer`(
        change: String,
        second: String,
        listed: Int,
        billed: Int
    ) {
        let probe = SimulatorProbe.flexprice
        for (index, event) in [Self.first, second].enumerated() {
            let answer = probe.post("/v1/events", event, after: Double(index))
            #expect(answer.status == 202 && answer.json["message"] == "Event accepted for processing")
        }
        #expect(probe.list(after: 2).total == listed)
        #expect(probe.simulator.books.counts.billed == billed)
        #expect(probe.simulator.books.counts.received == 2)
    }

    @Test func `the last one that was ingested wins`() {
        let probe = SimulatorProbe.flexprice
        for n in 1...3 {
            probe.send([ProbeEvent.flexprice("e", properties: #"{"n":"\#(n)"}"#)], after: Double(n))
        }
        #expect(probe.simulator.books.billed.map { $0.event["properties"]?["n"]?.string } == ["3"])
        let lookup = probe.get("/v1/events/lookup", query: [("id", "e")], after: 4).json
        #expect(lookup["event"]?["properties"]?["n"] == "3" && lookup["events"]?.array?.count == 1)
    }

    /// Leaving the timestamp out makes every retry a new event; so does leaving the id out.
    @Test(arguments: [
        #"{"event_id":"e","event_name":"n","external_customer_id":"c"}"#,
        #"{"event_id":"e","event_name":"n","external_customer_id":"c","timestamp":null}"#,
        #"{"event_name":"n","external_customer_id":"c","timestamp":"2026-10-31T00:00:00Z"}"#,
        #"{"event_id":"","event_name":"n","external_customer_id":"c","timestamp":"2026-10-31T00:00:00Z"}"#,
    ])
    func `a resend without an identity is billed twice`(event: String) {
        let probe = SimulatorProbe.flexprice
        for second in [0.0, 1, 2] { #expect(probe.post("/v1/events", event, after: second).status == 202) }
        #expect(probe.simulator.books.counts.billed == 3)
        let ids = Set(probe.simulator.books.billed.map(\.id))
        #expect(ids.count == (event.contains(#""event_id":"e""#) ? 1 : 3))
    }
}

/// Times as Go reads them, by the section "Timestamps" of the same sheet.
@Suite struct FlexpriceTimestampTests {
    private func status(_ timestamp: String) -> Int {
        let event = #"{"event_name":"n","external_customer_id":"c","timestamp":"\#(timestamp)"}"#
        return SimulatorProbe.flexprice.post("/v1/events", event).status
    }

    @Test(arguments: [
        "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.1Z", "2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00+00:00",
        "2026-03-01T12:00:00-23:59", "2026-03-01T12:00:00+23:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z",
        "2024-02-29T00:00:00Z", "1969-12-31T23:59:59Z",
    ])
    func `takes RFC 3339, whatever the year`(timestamp: String) {
        #expect(status(timestamp) == 202)
    }

    @Test(arguments: [
        "2026-03-01t12:00:00Z", "2026-03-01T12:00:00z", "2026-03-01 12:00:00Z", "2026-03-01T12:00:00+0530",
        "2026-03-01T12:00Z",
        "2026-03-01T12:00:60Z", "2026-03-01T24:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-01",
        "",
        "2026-03-01T12:00:00", "2026-03-01T12:00:00+24:00", "2026-03-01T12:00:00+99:99", "2026-03-01T12:00:00-00:60",
        "2026-03-01T12:00:00.Z", "1772366400", "+2026-03-01T12:00:00Z", "12026-03-01T12:00:00Z",
    ])
    func `refuses every other spelling`(timestamp: String) {
        #expect(status(timestamp) == 400)
    }

    /// Go's zero time stands for no time, also with an offset; a later one is a time.
    @Test(arguments: [
        ("0001-01-01T00:00:00Z", "2026-11-01T00:00:00Z"), ("0001-01-01T01:00:00+01:00", "2026-11-01T00:00:00Z"),
        ("0001-01-01T00:00:01Z", "0001-01-01T00:00:01Z"),
    ])
    func `takes the time of arrival for the zero time`(timestamp: String, kept: String) {
        let probe = SimulatorProbe.flexprice
        probe.send([ProbeEvent.flexprice("e", timestamp)])
        let body = #"{"event_id":"e","start_time":"0001-01-01T00:00:00Z"}"#
        let shown = probe.post("/v1/events/query", body, after: 1).json["events"]?.array?.first
        #expect(shown?["timestamp"]?.string == kept)
    }
}
