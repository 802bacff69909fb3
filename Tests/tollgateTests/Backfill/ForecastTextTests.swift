import JSON
import Testing

@testable import tollgate

/// What `--dry-run` prints of a backfill.
@Suite struct ForecastTextTests {
    private func text(_ forecast: String, more: String = "") throws -> String {
        ForecastText(try .response(#"{"rate": 50, "forecasts": [\#(forecast)]\#(more)}"#)).text
    }

    @Test func `shows events, customers, time and requests`() throws {
        let forecast = #"""
            {"provider": "polar", "events": 1200, "customers": 1000, "more_customers": true, "requests": 12, "seconds": 90,
             "first_timestamp": "a", "last_timestamp": "b"}
            """#
        #expect(
            try text(forecast) == """
                to polar: 1200 events of more than 1000 customers, from a to b
                  12 requests, about 90 s at 50% of the rate limit
                """
        )
    }

    @Test func `names no time where the provider has no rate limit`() throws {
        #expect(
            try text(#"{"provider": "p", "seconds": null}"#).hasSuffix("0 requests, as fast as the vendor responds")
        )
    }

    @Test func `shows why events are left out, and what cannot be translated, with examples`() throws {
        let forecast = #"""
            {"provider": "p", "events": 1, "not_taken": {"delivered_live": 2, "earlier_backfill": 0, "not_routed": 3},
             "untranslatable": {"events": 4, "groups": [
                {"events": 4, "field": "name", "message": "is too long", "event_ids": ["e1", "e2", "e3", "e4"]}]}}
            """#
        let lines = try text(forecast).split(separator: "\n").dropFirst(2)
        #expect(
            Array(lines) == [
                "  4 cannot be translated", "    4 name: is too long (such as e1, e2, e3)",
                "  2 not included: delivered by live traffic", "  3 not included: the routes do not send them there",
            ]
        )
    }

    @Test func `says which customers are left out, with examples`() throws {
        let leftOut = #"""
            , "left_out": {"customers": 12, "journal_from": "j", "others_period_start": "o",
                           "examples": [{"customer_id": "c1", "period_start": "a"}, {"customer_id": "c2", "period_start": "b"}]}
            """#
        let lines = try text(#"{"provider": "p"}"#, more: leftOut).split(separator: "\n").suffix(4)
        #expect(
            Array(lines) == [
                "12 customers left out: their billing periods began before j, from when the journal has events",
                "  such as c1, from a", "  such as c2, from b",
                "all customers without a billing period of their own left out: theirs began at o, and the journal has events from j on",
            ]
        )
        #expect(try !text(#"{"provider": "p"}"#, more: #", "left_out": null"#).contains("left out"))
    }

    @Test func `says what must be confirmed, and what could not be read`() throws {
        let lines = try text(#"{"provider": "p"}"#, more: #", "unreadable": [{}, {}], "effect": "Polar bills now.""#)
            .split(separator: "\n")
        #expect(
            lines.suffix(2) == ["2 parts of the journal cannot be read and are not counted", "Polar bills now."]
        )
    }

    @Test(arguments: [
        (0, "0 s"), (119, "119 s"), (120, "2 min"), (121, "3 min"), (7199, "120 min"), (7200, "2 h"), (7201, "3 h"),
        (Int64.max, "2562047788015216 h"), (-1, "-1 s"),
    ])
    func `rounds durations up to the unit that people would use`(seconds: Int64, text: String) {
        #expect(RoughDuration.text(seconds: seconds) == text)
    }
}
