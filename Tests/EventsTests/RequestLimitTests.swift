import Events
import JSON
import Testing

/// What one request may cost: faults, suggestions, events.
@Suite struct RequestLimitTests {
    private static let event = #"{"name":"n","customer_id":"c"}"#
    private static let cloudEvent = #"{"specversion":"1.0","id":"i","source":"s","type":"t","subject":"c"}"#

    private func read(_ text: String, _ layout: EventReader.Layout = .json, limit: Int = 10) -> EventReader.Batch {
        EventReader(limit: limit).read(Array(text.utf8), as: layout)
    }

    /// Bytes of all that is said of the faults.
    private func size(_ batch: EventReader.Batch) -> Int {
        batch.faults.reduce(0) { $0 + $1.message.utf8.count + ($1.field?.utf8.count ?? 0) }
    }

    @Test func `a million unknown fields cost a hundred faults and ten suggestions`() {
        let fields = (0..<1_000_000).map { #""custmer_id\#($0)":1"# }.joined(separator: ",")
        let batch = read("{\"name\":\"n\",\(fields)}")
        #expect(batch.faults.count == 100 && batch.omittedFaults == 1_000_000 - 100 + 1)
        #expect(batch.faults.count { $0.message.contains("did you mean") } <= 10)
        #expect(size(batch) < 20_000)
    }

    @Test func `so do many events with a few faults each`() {
        let events = [String](repeating: #"{"nam":1,"customer":2,"custmer_id":"c"}"#, count: 3_000)
        for (text, layout) in [
            ("[\(events.joined(separator: ","))]", EventReader.Layout.json), (events.joined(separator: "\n"), .lines),
        ] {
            let batch = read(text, layout, limit: 10_000)
            #expect(batch.faults.count == 100 && batch.count == 3_000 && batch.events.isEmpty)
            // Three unknown fields, no name and no customer; while faults are listed, the customer is known by its other name.
            #expect(batch.omittedFaults == 3_000 * 5 - 100 - 25)
            #expect(batch.faults.count { $0.message.contains("did you mean") } <= 10)
        }
    }

    @Test func `faults of any kind are counted beyond a hundred`() {
        let bad = (0..<500).map { _ in "x" }.joined(separator: "\n")
        #expect(read(bad, .lines, limit: 1000).omittedFaults == 400)
        let cloud = [String](repeating: "{}", count: 500).joined(separator: ",")
        let events = read("[\(cloud)]", .cloudEvents, limit: 1000)
        #expect(events.faults.count == 100 && events.omittedFaults > 1_000)
        let vendor = (0..<500).map { #""v\#($0)":1"# }.joined(separator: ",")
        #expect(read(#"{"name":"n","customer_id":"c","vendor":{\#(vendor)}}"#).omittedFaults == 400)
        let beside = (0..<500).map { #""v\#($0)":1"# }.joined(separator: ",")
        let envelope = read(#"{"events":[\#(Self.event)],\#(beside)}"#)
        #expect(envelope.faults.count == 100 && envelope.omittedFaults == 400 && envelope.events.count == 1)
    }

    @Test func `names in messages are cut`() {
        let name = String(repeating: "x", count: 1_000_000)
        for text in [
            #"{"name":"n","customer_id":"c","\#(name)":1}"#, #"{"name":"n","customer_id":"c","vendor":{"\#(name)":1}}"#,
            #"{"name":"n","customer_id":"c","properties":{"\#(name)":1,"\#(name)":1}}"#,
            #"{"events":[\#(Self.event)],"\#(name)":1}"#,
        ] {
            let batch = read(text)
            #expect(batch.faults.count == 1)
            #expect(size(batch) < 1_000)
        }
        // A character may be of any length.
        let letter = "e" + String(repeating: "\u{301}", count: 100_000)
        #expect(size(read(#"{"name":"n","customer_id":"c","\#(letter)":1}"#)) < 1_000)
    }

    @Test(arguments: [
        (EventReader.Layout.json, event, "[", ",", "]"), (.json, event, #"{"events":["#, ",", "]}"),
        (.lines, event, "", "\n", "\n\n"), (.cloudEvents, cloudEvent, "[", ",", "]"),
    ])
    func `takes as many events as allowed and none of one more`(
        layout: EventReader.Layout,
        event: String,
        open: String,
        comma: String,
        close: String
    ) {
        for count in [1, 9, 10, 11, 100] {
            let text = open + [String](repeating: event, count: count).joined(separator: comma) + close
            let batch = read(text, layout)
            #expect(batch.exceedsLimit == (count > 10))
            #expect(batch.faults.isEmpty)
            if count <= 10 { #expect(batch.events.count == count) }
        }
    }

    @Test func `empty lines are no events and cost no memory of their own`() {
        let batch = read(String(repeating: "\n", count: 1_000_000) + Self.event, .lines)
        #expect(batch.events.count == 1 && batch.count == 1)
    }
}
