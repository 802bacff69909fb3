import Testing

@testable import Sandbox

/// What Lago's two stores make of an id that comes again: the table "Repeating a transaction_id" of its fact sheet.
@Suite struct LagoIdentityTests {
    /// Two events, and what the second one changes.
    struct Row: Sendable, CustomTestStringConvertible {
        let store: String
        let change: String
        let second: String
        /// Of a single event that comes second.
        let status: Int
        let billed: Int

        var testDescription: String { "\(store): \(change)" }
    }

    private static let first = ProbeEvent.lago("t")

    private static func rows(_ store: String, _ cells: [(status: Int, billed: Int)]) -> [Row] {
        let seconds = [
            ("the same", first), ("another value", ProbeEvent.lago("t", n: 2)),
            ("another timestamp", ProbeEvent.lago("t", "1793491200.001")),
            ("another code", ProbeEvent.lago("t", code: "other")),
            ("another subscription", ProbeEvent.lago("t", customer: "other")), ("another id", ProbeEvent.lago("u")),
            ("another form of the timestamp", ProbeEvent.lago("t", "1793491200.0000")),
        ]
        return zip(seconds, cells).map {
            Row(store: store, change: $0.0, second: $0.1, status: $1.status, billed: $1.billed)
        }
    }

    static let table =
        rows("postgres", [(422, 1), (422, 1), (422, 1), (422, 1), (200, 2), (200, 2), (422, 1)])
        + rows("clickhouse", [(200, 1), (200, 1), (200, 2), (200, 2), (200, 2), (200, 2), (200, 1)])

    @Test(arguments: table)
    func `a second event is told apart as the store does`(row: Row) throws {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"store":"\#(row.store)"}"#)
        #expect(probe.post("/api/v1/events", #"{"event":\#(Self.first)}"#).status == 200)
        let answer = probe.post("/api/v1/events", #"{"event":\#(row.second)}"#)
        #expect(answer.status == row.status)
        if row.status == 422 {
            #expect(answer.json["error_details"] == ["transaction_id": ["value_already_exist"]])
        }
        #expect(probe.simulator.books.counts.billed == row.billed)
    }

    /// The first one stays on PostgreSQL, the last one counts on ClickHouse.
    @Test(arguments: [("postgres", "1"), ("clickhouse", "2")])
    func `of two with one identity the store keeps its own`(store: String, value: String) throws {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"store":"\#(store)"}"#)
        for n in 1...2 { _ = probe.post("/api/v1/events", #"{"event":\#(ProbeEvent.lago("t", n: n))}"#) }
        #expect(probe.simulator.books.billed.map { $0.event["properties"]?["n"]?.number } == [value])
    }

    /// In a batch the whole is refused, by index; ClickHouse takes it.
    @Test(arguments: table)
    func `a batch with both is refused by index or taken`(row: Row) throws {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"store":"\#(row.store)"}"#)
        let answer = probe.send([Self.first, row.second])
        // Within a batch PostgreSQL looks at the id alone, whatever the subscription.
        let isRefused = row.store == "postgres" && row.change != "another id"
        #expect(answer.status == (isRefused ? 422 : 200))
        if isRefused { #expect(answer.json["error_details"] == ["1": ["transaction_id": ["value_already_exist"]]]) }
        #expect(probe.simulator.books.counts.billed == (isRefused ? 0 : row.billed))
    }

    @Test func `every copy after the first is named, and every known one`() {
        let probe = SimulatorProbe.lago
        probe.send([ProbeEvent.lago("known")])
        let answer = probe.send(["a", "known", "a", "b", "a"].map { ProbeEvent.lago($0) })
        let names = answer.json["error_details"]?.members?.map(\.name)
        #expect(names == ["1", "2", "4"])
    }

    /// Without a timestamp each call gets its own time of receipt: billed twice on ClickHouse.
    @Test(arguments: [("postgres", 422, 1), ("clickhouse", 200, 2)])
    func `a repeat without a timestamp`(store: String, status: Int, billed: Int) throws {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"store":"\#(store)"}"#)
        let event = #"{"event":{"transaction_id":"t","external_subscription_id":"s","code":"c"}}"#
        #expect(probe.post("/api/v1/events", event).status == 200)
        #expect(probe.post("/api/v1/events", event, after: 1).status == status)
        #expect(probe.simulator.books.counts.billed == billed)
    }

    /// A single event on ClickHouse is not looked at: what lacks its id or its code is taken. A batch is checked on both.
    @Test(arguments: [("postgres", 422), ("clickhouse", 200)])
    func `identity is required of a single event on PostgreSQL only`(store: String, status: Int) throws {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"store":"\#(store)"}"#)
        #expect(probe.post("/api/v1/events", #"{"event":{"properties":{}}}"#).status == status)
        let batch = probe.send([#"{"properties":{}}"#])
        #expect(batch.status == 422)
        #expect(
            batch.json["error_details"] == [
                "0": ["transaction_id": ["value_is_mandatory"], "code": ["value_is_mandatory"]]
            ]
        )
    }
}
