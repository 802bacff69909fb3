import Testing

@testable import Sandbox

/// Timestamps as Lago reads, keeps and shows them, by the section "Timestamps" of its fact sheet.
@Suite struct LagoTimestampTests {
    private func create(_ timestamp: String, store: String = "postgres") throws -> SimulatedAnswer {
        let probe = SimulatorProbe.lago
        try probe.set(#"{"store":"\#(store)"}"#)
        return probe.post(
            "/api/v1/events",
            #"{"event":{"transaction_id":"t","external_subscription_id":"s","code":"c","timestamp":\#(timestamp)}}"#
        )
    }

    @Test(arguments: [
        ("1772366400", "2026-03-01T12:00:00.000Z"), (#""1772366400""#, "2026-03-01T12:00:00.000Z"),
        ("1772366400.25", "2026-03-01T12:00:00.250Z"), (#""1772366400.250""#, "2026-03-01T12:00:00.250Z"),
        ("0", "1970-01-01T00:00:00.000Z"), ("-0.5", "1969-12-31T23:59:59.500Z"), (#""-1""#, "1969-12-31T23:59:59.000Z"),
        ("177236640025", "7586-05-29T00:00:25.000Z"), ("253402300799", "9999-12-31T23:59:59.000Z"),
        ("-62167219200", "0000-01-01T00:00:00.000Z"), ("null", "2026-11-01T00:00:00.000Z"),
    ])
    func `numbers and numeric texts are seconds`(timestamp: String, shown: String) throws {
        let answer = try create(timestamp)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["event"]?["timestamp"]?.string == shown)
    }

    @Test(arguments: [
        #""2026-03-01T12:00:00Z""#, #""""#, "true", "[]", "{}", #""soon""#, #""1,5""#, #""0x10""#, #""1772366400.2.5""#,
        #""-""#, #"".""#, #""NaN""#, #""١٢""#,
    ])
    func `anything else has an invalid format`(timestamp: String) throws {
        for store in ["postgres", "clickhouse"] {
            let answer = try create(timestamp, store: store)
            #expect(answer.status == 422 && answer.json["error_details"] == ["timestamp": ["invalid_format"]])
        }
    }

    /// PostgreSQL keeps microseconds and shows milliseconds; ClickHouse keeps milliseconds.
    @Test(arguments: [
        ("1772366400.0004", "postgres", "2026-03-01T12:00:00.000Z", 1_772_366_400_000_400),
        ("1772366400.0006", "postgres", "2026-03-01T12:00:00.000Z", 1_772_366_400_000_600),
        ("1772366400.0006", "clickhouse", "2026-03-01T12:00:00.001Z", 1_772_366_400_001_000),
        ("1772366400.000001", "postgres", "2026-03-01T12:00:00.000Z", 1_772_366_400_000_001),
        ("-0.001", "clickhouse", "1969-12-31T23:59:59.999Z", -1000),
    ])
    func `each store keeps its own digits`(timestamp: String, store: String, shown: String, kept: Int) throws {
        let event: SandboxJSON = SandboxJSON(#"{"timestamp":\#(timestamp)}"#.utf8) ?? nil
        let kind = try #require(LagoSimulator.Store(rawValue: store))
        let time = LagoValidation.microseconds(of: event, store: kind, now: SimulatorProbe.start)
        #expect(time == kept)
        #expect(try create(timestamp, store: store).json["event"]?["timestamp"]?.string == shown)
    }
}
