import Testing

@testable import Sandbox

/// Lago's `GET /events` and `GET /events/{id}`: filters, both ends of the window, and which of several events is found.
@Suite struct LagoListTests {
    private let probe = SimulatorProbe.lago

    /// Four events a half millisecond apart, of two codes and two subscriptions.
    private func fill() {
        probe.send([
            ProbeEvent.lago("a", "1793491200.0000"), ProbeEvent.lago("b", "1793491200.0005", code: "x"),
            ProbeEvent.lago("c", "1793491200.0010", customer: "t"),
            ProbeEvent.lago("d", "1793491200.0015", code: "x", customer: "t"),
        ])
    }

    @Test(
        arguments: [
            ([:], "dcba"), (["code": "x"], "db"), (["external_subscription_id": "t"], "dc"),
            (["code": "x", "external_subscription_id": "t"], "d"), (["code": "X"], ""), (["code": ""], ""),
            (["external_subscription_id": "none"], ""),
            // Both ends belong to the window, to the microsecond.
            (["timestamp_from": "2026-11-01T00:00:00.001Z"], "dc"),
            (["timestamp_from": "2026-11-01T00:00:00.000501Z"], "dc"),
            (["timestamp_from": "2026-11-01T00:00:00.0005Z"], "dcb"),
            (["timestamp_to": "2026-11-01T00:00:00.001Z"], "cba"),
            (["timestamp_to": "2026-11-01T00:00:00.000999Z"], "ba"), (["timestamp_to": "2026-10-31T23:59:59Z"], ""),
            (["timestamp_from": "2026-11-01T01:00:00.0005+01:00", "timestamp_to": "2026-11-01T00:00:00.001Z"], "cb"),
            (["timestamp_from": "2026-11-01T00:00:01Z", "timestamp_to": "2026-11-01T00:00:00Z"], ""),
        ] as [([String: String], String)]
    )
    func `lists what the filters ask for, the newest first`(query: [String: String], expected: String) {
        fill()
        let (shown, total) = probe.list(query.map { ($0.key, $0.value) })
        #expect(shown.joined() == expected && total == expected.count)
    }

    @Test func `since a subscription began, if there is one`() {
        fill()
        let body =
            #"{"subscription":{"external_customer_id":"c","plan_code":"pro","external_id":"t","subscription_at":"2026-11-01T00:00:00.0012Z"}}"#
        #expect(probe.post("/api/v1/subscriptions", body).status == 200)
        func list(_ started: String, _ id: String, _ more: [(String, String)] = []) -> String {
            probe.list([("timestamp_from_started_at", started), ("external_subscription_id", id)] + more).shown.joined()
        }
        #expect(list("true", "t") == "d" && list("false", "t") == "dc")
        #expect(list("true", "s") == "ba", "no such subscription was made")
        #expect(list("true", "t", [("timestamp_from", "2026-10-01T00:00:00Z")]) == "d")
    }

    /// Ids are unique within their subscription only: the first that came is found.
    @Test func `finds the first of several events with one id`() throws {
        for store in ["postgres", "clickhouse"] {
            let probe = SimulatorProbe.lago
            try probe.set(#"{"store":"\#(store)"}"#)
            for (index, subscription) in ["x", "y"].enumerated() {
                let event = ProbeEvent.lago("t", customer: subscription)
                _ = probe.post("/api/v1/events", #"{"event":\#(event)}"#, after: Double(index))
            }
            let found = probe.get("/api/v1/events/t", after: 2).json["event"]
            #expect(found?["external_subscription_id"]?.string == "x", "\(store)")
        }
    }

    @Test(arguments: ["0", "-1", "x", "", "1.5"])
    func `what is no positive number is as if it were not there`(text: String) {
        fill()
        let meta = probe.get("/api/v1/events", query: [("page", text), ("per_page", text)]).json["meta"]
        #expect(
            meta?.text
                == #"{"current_page":1,"next_page":null,"prev_page":null,"total_pages":1,"total_count":4}"#
        )
    }

    @Test(arguments: ["%", "%2", "batch", "none"])
    func `an id that nothing has is not found, however it is encoded`(id: String) {
        fill()
        let answer = probe.get("/api/v1/events/\(id)")
        #expect(answer.status == 404 && answer.json["code"]?.string == "event_not_found")
    }
}
