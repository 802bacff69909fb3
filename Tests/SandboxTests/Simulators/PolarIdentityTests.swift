import Testing

@testable import Sandbox

/// The section "Idempotency" of Polar's fact sheet: the first write of an external id stays for ever.
@Suite struct PolarIdentityTests {
    private let probe = SimulatorProbe.polar

    private func counts(_ answer: SimulatedAnswer) -> String {
        "\(answer.json["inserted"]?.number ?? "-") \(answer.json["duplicates"]?.number ?? "-")"
    }

    @Test(arguments: [
        ("the same", ProbeEvent.polar("e", name: "n"), "0 1"),
        ("another customer", ProbeEvent.polar("e", name: "n", customer: "d"), "0 1"),
        ("another name", ProbeEvent.polar("e", name: "m"), "0 1"),
        ("another time", ProbeEvent.polar("e", "2026-10-01T00:00:00Z", name: "n"), "0 1"),
        ("another id", ProbeEvent.polar("E", name: "n"), "1 0"),
        ("another normal form", ProbeEvent.polar("e\u{301}", name: "n"), "1 0"),
    ])
    func `a known id is counted and left out, whatever else it says`(change: String, second: String, expected: String) {
        for id in ["e", "é"] { #expect(counts(probe.send([ProbeEvent.polar(id, name: "n")])) == "1 0") }
        #expect(counts(probe.send([second], after: 1_000_000)) == expected)
        #expect(probe.simulator.books.billed.first?.event["name"] == "n")
    }

    @Test func `within one request too`() {
        let events = ["a", "b", "a", "a", "c"].map { ProbeEvent.polar($0) }
        #expect(counts(probe.send(events)) == "3 2")
        #expect(counts(probe.send(events)) == "0 5")
        #expect(probe.list().total == 3)
    }

    /// An empty id is a real value; none at all is never a duplicate.
    @Test(arguments: [("", "3 0"), (#","external_id":null"#, "3 0"), (#","external_id":"""#, "1 2")])
    func `without an id a resend is billed twice`(member: String, expected: String) {
        let event = #"{"name":"n","external_customer_id":"c"\#(member)}"#
        #expect(counts(probe.send([event, event, event])) == expected)
    }

    /// No read shows the id that an event came with, so nothing can be found by it.
    @Test func `the id is in no answer`() {
        probe.send([ProbeEvent.polar("secret-id", name: "n")])
        for answer in [probe.get("/v1/events/"), probe.get("/v1/events/names")] {
            #expect(answer.status == 200 && !answer.text.contains("secret-id"))
        }
        #expect(probe.list([("external_id", "none")]).total == 1, "an unknown parameter filters nothing")
    }
}
