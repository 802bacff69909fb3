import Events
import Foundation
import JSON
import Testing

/// How many events and faults a request to a facade may have, in each vendor's own words.
@Suite struct FacadeLimitTests {
    private static let polar = #"{"name":"n","external_customer_id":"c"}"#
    private static let flexprice = #"{"event_name":"n","external_customer_id":"c"}"#
    private static let knetik =
        #"{"category":"c","result":"r","user_id":"u","event_timestamp":1772366400000,"send_timestamp":1}"#
    private static let lago = #"{"transaction_id":"@","external_subscription_id":"s","code":"c"}"#

    static let batches:
        [(adapter: AdapterName, path: String, open: String, event: String, close: String, words: String)] = [
            (
                "polar", "/events/ingest", #"{"events":["#, polar, "]}",
                "List should have at most 5 items after validation, not 6"
            ),
            ("flexprice", "/events/bulk", #"{"events":["#, flexprice, "]}", "failed on the 'max' tag"),
            ("knetik", "/batch", #"{"batch":["#, knetik, "]}", "batch must have at most 5 events, has 6"),
            ("lago", "/events/batch", #"{"events":["#, lago, "]}", "too_many_events"),
        ]

    @Test(arguments: batches)
    func `refuses one event more than the limit`(
        adapter: AdapterName,
        path: String,
        open: String,
        event: String,
        close: String,
        words: String
    ) {
        var stage = DialectStage(adapter)
        stage.eventLimit = 5
        func body(_ count: Int) -> String {
            open + (0..<count).map { event.replacing("@", with: "\(count)-\($0)") }.joined(separator: ",") + close
        }
        let refused = stage.send("POST", path, body(6))
        #expect((400..<500).contains(refused.status) && refused.text.contains(words), "\(refused.text)")
        #expect(stage.stored.isEmpty)
        let taken = stage.send("POST", path, body(5))
        #expect((200..<300).contains(taken.status), "\(taken.text)")
        #expect(stage.stored.count == 5)
    }

    static let bombs: [(adapter: AdapterName, path: String, body: String)] = [
        (
            "polar", "/events/ingest",
            #"{"events":[\#([String](repeating: "{}", count: 5_000).joined(separator: ","))]}"#
        ),
        ("polar", "/events/ingest", #"{"events":[{\#(members(100_000, "[]"))}]}"#),
        (
            "polar", "/events/ingest",
            #"{"events":[{\#(polar.dropFirst().dropLast()),"metadata":{\#(members(100_000, "[]"))}}]}"#
        ),
        ("polar", "/events/ingest", #"{"events":[{\#(polar.dropFirst().dropLast()),"metadata":{"\#(long)":[]}}]}"#),
        ("polar", "/events/ingest", #"{"\#(long)":1}"#),
        ("lago", "/events/batch", #"{"events":[\#([String](repeating: "{}", count: 100).joined(separator: ","))]}"#),
        (
            "flexprice", "/events/bulk",
            #"{"events":[\#([String](repeating: "{}", count: 1_000).joined(separator: ","))]}"#
        ),
        ("flexprice", "/events/query", #"{"page_size":\#(long)}"#),
        ("knetik", "/batch", #"{"batch":[\#([String](repeating: "{}", count: 5_000).joined(separator: ","))]}"#),
        (
            "knetik", "/events",
            #"{\#(knetik.dropFirst().dropLast()),"event_properties":{\#(members(100_000, "[]"))}}"#
        ),
        ("knetik", "/events", #"{\#(knetik.dropFirst().dropLast()),"event_properties":{"\#(long)":[]}}"#),
    ]

    private static let long = String(repeating: "x", count: 500_000)

    private static func members(_ count: Int, _ value: String) -> String {
        (0..<count).map { #""m\#($0)":\#(value)"# }.joined(separator: ",")
    }

    @Test(arguments: bombs)
    func `answers a request of very many faults with little`(adapter: AdapterName, path: String, body: String) {
        var stage = DialectStage(adapter)
        let reply = stage.send("POST", path, body)
        #expect((200..<500).contains(reply.status))
        #expect(reply.text.utf8.count < 700_000, "\(reply.text.utf8.count) bytes")
        #expect(reply.json != nil)
        #expect(stage.stored.isEmpty)
    }

    @Test func `Polar's answer lists a hundred entries and says how many more there are`() {
        var stage = DialectStage("polar")
        let reply = stage.send("POST", "/events/ingest", Self.bombs[0].body)
        let details = reply.json?["detail"].map { Array($0.elements) } ?? []
        #expect(details.count == 101)
        #expect(details.last?["type"]?.string == "too_many_errors")
        // No name and no customer, for each of two shapes.
        #expect(details.last?["msg"]?.string == "and \(5_000 * 4 - 100) more errors, which are not listed")
    }

    @Test func `Knetik's answer has an entry for each event, and words for the first faults`() {
        var stage = DialectStage("knetik")
        let reply = stage.send(
            "POST",
            "/batch",
            #"{"batch":[\#([String](repeating: "{}", count: 5_000).joined(separator: ","))]}"#
        )
        let entries = reply.json.map { Array($0.elements) } ?? []
        #expect(entries.count == 5_000 && entries.allSatisfy { $0["code"]?.int64 == 400 })
        #expect(entries.allSatisfy { $0["errors"]?.elements.contains { _ in true } == true })
        #expect(reply.text.components(separatedBy: "may not be null").count - 1 <= 100)
    }
}
