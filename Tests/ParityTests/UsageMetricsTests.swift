import Events
import JSON
import Parity
import Testing

/// Metrics as people write them, and as they are kept.
@Suite struct UsageMetricsTests {
    private static func read(_ text: String) throws -> UsageMetrics {
        try UsageMetrics(parsing: try JSONDocument(parsing: Array(text.utf8)).root)
    }

    private static let text =
        #"{"api":{"aggregate":"sum","property":"units","names":{"lago-prod":"api","polar-prod":"7f0c"}},"seat":{"aggregate":"count","names":{"lago-prod":"seat"}}}"#

    @Test func `say what is billed, and what each provider calls it`() throws {
        let metrics = try Self.read(Self.text)
        #expect(metrics.all.map(\.name) == ["api", "seat"])
        #expect(metrics["api"]?.aggregate == .sum && metrics["api"]?.property == "units")
        #expect(metrics["api"]?.ids == ["lago-prod": "api", "polar-prod": "7f0c"])
        #expect(metrics["seat"]?.property == nil && metrics["other"] == nil)
        #expect(metrics.text == Self.text)
        let beside = #"{"api":{"lago-prod":"api","polar-prod":"7f0c","aggregate":"sum","property":"units"}}"#
        #expect(try Self.read(beside)["api"] == metrics["api"])
    }

    @Test func `are kept with the level, which older versions wrote alone`() throws {
        let metrics = try Self.read(Self.text)
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1))
        let order = ParityOrder(window: window, providers: ["p"], level: .usage, metrics: metrics)
        let kept = try #require(ParityOrder.level(stored: order.storedLevel))
        #expect(kept.level == .usage && kept.metrics == metrics)
        for level in ParityLevel.allCases where level != .usage {
            let order = ParityOrder(window: window, providers: ["p"], level: level)
            #expect(order.storedLevel == level.rawValue)
            #expect(ParityOrder.level(stored: level.rawValue).map { ($0.level, $0.metrics == nil) }! == (level, true))
        }
        for text in ["usage", "usage {}", "usage []", "full {}", "other", ""] {
            #expect(ParityOrder.level(stored: text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("[]", "object"), ("{}", "1 to 100"), (#"{"api":"sum"}"#, "\"api\" must be an object"),
        (#"{"api":{"property":"units"}}"#, "lacks \"aggregate\""),
        (#"{"api":{"aggregate":"average","property":"units"}}"#, "unknown aggregate \"average\""),
        (#"{"api":{"aggregate":"sum"}}"#, "lacks \"property\""),
        (#"{"api":{"aggregate":"count","property":"units"}}"#, "count has no \"property\""),
        (#"{"api":{"aggregate":"count","lago":7}}"#, "\"lago\" must be a string"),
        (#"{"api":{"aggregate":"count","lago":""}}"#, "\"lago\" must be a string"),
        (#"{"api":{"aggregate":"count"},"api":{"aggregate":"count"}}"#, "given twice"),
    ])
    func `say what is wrong with them`(text: String, words: String) throws {
        do {
            _ = try Self.read(text)
            Issue.record("\(text) was taken")
        } catch let fault as UsageMetricsFault {
            #expect(fault.message.contains(words), "\(fault.message)")
        }
    }
}
