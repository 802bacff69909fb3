import JSON
import Testing

@testable import tollgate

/// What is printed about a backfill.
@Suite struct BackfillTextTests {
    private func backfill(
        state: String = "running",
        walked: String = "50",
        ahead: String = "150",
        counts: String = #"{"delivered": 7}"#,
        more: String = ""
    ) throws -> BackfillText {
        BackfillText(
            try .response(
                #"""
                {"id": 3, "provider": "polar", "state": "\#(state)", "progress": {"walked": \#(walked), "ahead": \#(ahead)},
                 "deliveries": \#(counts), "rate": 50, "current_rate": 50\#(more)}
                """#
            )
        )
    }

    @Test func `has a column for each title of the list`() throws {
        let row = try backfill(counts: #"{"delivered": 7, "retrying": 1, "rejected": 2, "uncertain": 3}"#).row
        #expect(row == ["3", "polar", "running", "25%", "7", "1", "2", "3", "50%", "-"])
        #expect(row.count == BackfillText.header.count)
    }

    @Test func `names what went wrong in its status, and nothing that did not happen`() throws {
        #expect(try backfill().status == "running, 25%, 7 delivered")
        let counts =
            #"{"delivered": 7, "deduplicated": 2, "retrying": 1, "rejected": 4, "uncertain": 5, "discarded": 6}"#
        #expect(
            try backfill(counts: counts).status
                == "running, 25%, 7 delivered, 2 of them deduplicated, 1 retrying, 4 rejected, 5 uncertain, 6 discarded"
        )
    }

    @Test(arguments: [
        ("circuit_open", "the provider is failing"), ("provider_held", "an operator holds the provider"),
        ("live_backlog", "live events are waiting"), ("slow_acceptance", "events are accepted too slowly"),
        ("rate_limited", "the vendor limited the rate within the last minute"),
        ("provider_not_configured", "routes.json does not have the provider"), ("a_new_reason", "a_new_reason"),
        ("other_routes", "another gateway has another routes.json; `tollgate nodes` shows which"),
    ])
    func `says why it waits`(reason: String, text: String) throws {
        let waiting = try backfill(more: #", "held_by": "\#(reason)""#)
        #expect(waiting.row.last == text)
        #expect(waiting.status.hasSuffix(", waiting: \(text)"))
    }

    @Test(arguments: [#""in_flight""#, #""rate""#, "null"])
    func `does not call the pauses between its requests waiting`(reason: String) throws {
        let working = try backfill(more: #", "held_by": \#(reason)"#)
        #expect(working.row.last == "-")
        #expect(!working.status.contains("waiting"))
    }

    @Test func `has succeeded only if it is done and every event was delivered`() throws {
        #expect(try backfill(state: "done").hasSucceeded)
        #expect(try backfill(state: "done", counts: #"{"delivered": 7, "discarded": 1}"#).hasSucceeded)
        for counts in [#"{"rejected": 1}"#, #"{"uncertain": 1}"#] {
            #expect(try !backfill(state: "done", counts: counts).hasSucceeded)
        }
        #expect(try !backfill(state: "cancelled").hasSucceeded)
        #expect(try !backfill(state: "running").hasSucceeded)
        let ended = try ["running", "paused", "done", "cancelled"].map { try backfill(state: $0).hasEnded }
        #expect(ended == [false, false, true, true])
    }

    @Test func `is complete with an empty window once it has ended, and not before`() throws {
        #expect(try backfill(state: "done", walked: "0", ahead: "0").part == 1)
        #expect(try backfill(state: "running", walked: "0", ahead: "0").part == 0)
    }

    @Test func `shows its filter and a rate that was reduced`() throws {
        let filter = #"{"since": "a", "until": "b", "names": ["api_*"], "customer_ids": ["c1", "c2"]}"#
        let text = try BackfillText(
            .response(
                #"""
                {"id": 3, "provider": "polar", "state": "done", "filter": \#(filter), "rate": 50, "current_rate": 12.54,
                 "started_at": "t", "started_by": "ops"}
                """#
            )
        )
        #expect(
            text.lines == [
                "backfill 3 to polar: done, 100%, 0 delivered", "events: since a, before b", "names: api_*",
                "customers: c1, c2", "rate: 12.5% (50% without recent rate limiting) of the rate limit",
                "started t by ops",
            ]
        )
    }

    @Test func `lets no name forge a line`() throws {
        let text = try BackfillText(.response(#"{"provider": "a\nbackfill 9 is done", "filter": {"names": ["x\ny"]}}"#))
        #expect(text.lines.allSatisfy { !$0.contains("\n") })
    }

    @Test(arguments: [
        (0.0, "0%"), (100, "100%"), (12.5, "12.5%"), (12.54, "12.5%"), (99.96, "100%"), (-1, "-1%"),
        (1e300, "1e+300%"), (.infinity, "inf%"), (.nan, "nan%"),
    ])
    func `writes percentages with a tenth where there is one, whatever the number is`(percent: Double, text: String) {
        #expect(BackfillText.percent(percent) == text)
    }

    @Test(arguments: [("1e999", "1"), ("-5", "10"), ("5", "-1"), ("1e999", "1e999")])
    func `bears figures that make no sense`(walked: String, ahead: String) throws {
        let text = try backfill(walked: walked, ahead: ahead, counts: #"{"delivered": 1e999, "rejected": 0.5}"#)
        #expect(text.status.hasPrefix("running, "))
        #expect(text.row.count == BackfillText.header.count)
    }
}
