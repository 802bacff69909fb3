import Events
import JSON
import Testing

@testable import Parity

/// Lists of metrics at their limits, and with texts that mean something elsewhere.
@Suite struct UsageMetricsLimitsTests {
    private static func read(_ text: String) throws -> UsageMetrics {
        try UsageMetrics(parsing: try JSONDocument(parsing: Array(text.utf8)).root)
    }

    private static func metrics(_ count: Int) -> String {
        let members = (0..<count).map { "\"m\($0)\":{\"aggregate\":\"count\"}" }
        return "{\(members.joined(separator: ","))}"
    }

    @Test func `hold a hundred metrics, and no more`() throws {
        #expect(try Self.read(Self.metrics(100)).all.count == 100)
        let fault = #expect(throws: UsageMetricsFault.self) { try Self.read(Self.metrics(101)) }
        #expect(fault?.message == "metrics must hold 1 to 100 metrics; found 101")
    }

    /// Bytes of a name, of a property and of a vendor's id.
    @Test(arguments: [(255, true), (256, false)], ["x", "\u{E9}"])
    func `take texts of 255 bytes`(limit: (bytes: Int, isTaken: Bool), letter: String) throws {
        let text =
            String(repeating: letter, count: limit.bytes / letter.utf8.count)
            + String(repeating: "y", count: limit.bytes % letter.utf8.count)
        for json in [
            "{\"\(text)\":{\"aggregate\":\"count\"}}", "{\"m\":{\"aggregate\":\"sum\",\"property\":\"\(text)\"}}",
            "{\"m\":{\"aggregate\":\"count\",\"names\":{\"lago\":\"\(text)\"}}}",
        ] {
            if limit.isTaken {
                #expect(try Self.read(json).all.count == 1)
            } else {
                #expect(throws: UsageMetricsFault.self) { try Self.read(json) }
            }
        }
    }

    @Test(
        arguments: [
            ("7", "metrics must be an object such as {\"api_request\": {\"aggregate\": \"count\", …}}"),
            ("null", "metrics must be an object such as {\"api_request\": {\"aggregate\": \"count\", …}}"),
            (
                #"{"":{"aggregate":"count"}}"#,
                "metric \"\" must be an object with \"aggregate\", \"property\" and the vendor's id by provider"
            ),
            (#"{"a":{"aggregate":5}}"#, "metric \"a\": \"aggregate\" must be a string of 1 to 255 bytes"),
            (#"{"a":{"aggregate":""}}"#, "metric \"a\": \"aggregate\" must be a string of 1 to 255 bytes"),
            (
                #"{"a":{"aggregate":"SUM","property":"n"}}"#,
                "metric \"a\": unknown aggregate \"SUM\"; use one of sum, count, unique, latest, max"
            ),
            (#"{"a":{"aggregate":"max"}}"#, "metric \"a\" lacks \"property\", which the aggregate max needs"),
            (
                #"{"a":{"aggregate":"count","property":"n"}}"#,
                "metric \"a\": a count has no \"property\"; leave it out"
            ),
            (#"{"a":{"names":{"lago":"x"}}}"#, "metric \"a\" lacks \"aggregate\""),
            (
                #"{"a":{"aggregate":"count","names":{"lago":7}}}"#,
                "metric \"a\": \"lago\" must be a string of 1 to 255 bytes"
            ),
        ]
    )
    func `say exactly what is wrong`(json: String, message: String) {
        #expect(throws: UsageMetricsFault(message: message)) { try Self.read(json) }
    }

    @Test func `cut what they quote`() {
        let name = String(repeating: "n", count: 200)
        let fault = #expect(throws: UsageMetricsFault.self) { try Self.read("{\"\(name)\":{}}") }
        #expect(fault?.message == "metric \"\(name.prefix(60))\" lacks \"aggregate\"")
    }

    /// Two forms of one text are two event names.
    @Test func `tell names apart byte for byte`() throws {
        let json =
            "{\"caf\u{E9}\":{\"aggregate\":\"count\"},\"cafe\u{301}\":{\"aggregate\":\"max\",\"property\":\"n\"}}"
        let metrics = try Self.read(json)
        #expect(metrics["caf\u{E9}"]?.aggregate == .count && metrics["cafe\u{301}"]?.aggregate == .max)
    }

    @Test(arguments: FindingTextTests.hostile.filter { !$0.isEmpty })
    func `are written as they are read`(text: String) throws {
        let metric = UsageMetric(name: text, aggregate: .sum, property: text, ids: ["lago": text, "polar": "m"])
        let metrics = UsageMetrics([metric])
        let again = try Self.read(metrics.text)
        #expect(again == metrics && again.text == metrics.text)
        #expect(Array(try #require(again.all.first?.property).utf8) == Array(text.utf8))
    }

    @Test func `take ids beside the aggregate and under names, the last of one provider`() throws {
        let metrics = try Self.read(#"{"a":{"lago":"1","aggregate":"count","names":{"lago":"2","polar":"3"}}}"#)
        #expect(metrics["a"]?.ids == ["lago": "2", "polar": "3"])
    }
}
