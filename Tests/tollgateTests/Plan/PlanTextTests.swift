import Foundation
import JSON
import Testing

@testable import tollgate

/// What is printed of a plan.
@Suite struct PlanTextTests {
    private func text(_ result: String, plan: String = #"{"id": "p1"}"#) throws -> [String] {
        try PlanText(plan: .response(plan), result: .response(result)).text.components(separatedBy: "\n")
    }

    private func destination(_ members: String, isSampled: Bool = false) throws -> [String] {
        DestinationText(
            try .response(#"{"provider": "polar", "adapter": "polar", "events": 9, "customers": 2, \#(members)}"#),
            isSampled: isSampled
        ).lines
    }

    @Test func `says that a file changes nothing`() throws {
        let lines = try text(
            #"{"events": 9, "translated_events": 9, "customers": 2, "changes_nothing": true, "destinations": []}"#
        )
        #expect(
            lines == [
                "plan p1: 9 events, 2 customers", "the file is the active one", "",
                "nothing would change for these events",
            ]
        )
    }

    @Test func `shows the window, the changes of the file, and that a plan is stale or a sample`() throws {
        let lines = try text(
            #"{"events": 9, "translated_events": 3, "customers": 2, "first_timestamp": "a", "last_timestamp": "b"}"#,
            plan: #"{"id": "p1", "stale": true, "routes_changes": ["provider polar is new", "a\nb"]}"#
        )
        #expect(
            lines == [
                "plan p1: 9 events from a to b, 2 customers", "a sample of 3 events was translated",
                "the active routes have changed since this plan was made; make a new one", "the file changes:",
                "  provider polar is new", #"  a\u000ab"#,
            ]
        )
    }

    @Test func `says for each group of refused events what the file lacks`() throws {
        let lines = try text(
            #"""
            {"events": 9, "translated_events": 9, "unrouted": {"events": 2, "groups": [
                {"events": 2, "name": "x", "event_ids": ["e1", "e2", "e3", "e4"]}], "events_of_other_groups": 5},
             "forbidden": {"events": 3, "groups": [
                {"events": 1, "name": "x", "client": "shop", "reason": "no_client", "event_ids": ["e1"]},
                {"events": 1, "name": "x", "client": "shop", "reason": "route", "event_ids": ["e2"]},
                {"events": 1, "name": "x", "client": "shop", "reason": "name", "event_ids": ["e3"]}]}}
            """#
        ).dropFirst(2)
        #expect(
            Array(lines) == [
                "", "2 events that no route matches", "  2 x (such as e1, e2, e3)", "  5 for other reasons", "",
                "3 events that their client may not send", "  1 x: the file does not have the client shop (such as e1)",
                "  1 x: shop may not use the route that matches (such as e2)",
                "  1 x: shop may not send this name (such as e3)",
            ]
        )
    }

    @Test func `says which events it could not read`() throws {
        let lines = try text(
            #"{"unreadable": [{"first": 1, "last": 5, "reason": "checksum"}], "more_unreadable": 2}"#
        )
        #expect(
            lines.suffix(3) == [
                "parts of the journal could not be read, so their events are missing in this plan",
                "  1 to 5: checksum", "  and 2 more",
            ]
        )
    }

    @Test func `shows what a provider gains, loses and gets otherwise`() throws {
        let lines = try destination(
            #"""
            "added": 1, "removed": 2, "mode_changes": [{"from": "shadow", "to": "primary", "events": 3}],
            "now_translatable": 4, "changed": {"events": 5, "changes_of_other_fields": 6, "fields": [
               {"field": "name", "events": 5, "example": {"before": "a", "after": null, "event_id": "e1"}}]},
            "untranslatable": {"events": 7, "groups": [
               {"events": 7, "field": "customer_id", "message": "is missing", "event_ids": ["e2"]}]}
            """#
        )
        #expect(
            lines == [
                "polar (polar): 9 events, 2 customers", "  1 added: they did not go there before",
                "  2 removed: they would no longer go there", "  3 change from shadow to primary",
                "  4 could not be translated before, and can be now",
                "  5 changed: the vendor would get other content", "    name in 5: a becomes nothing (in e1)",
                "    and 6 changes of other fields", "  7 cannot be translated",
                "    7 customer_id: is missing (such as e2)",
            ]
        )
    }

    @Test func `says of how many translated events a figure is, if only a sample was translated`() throws {
        let lines = try destination(
            #""translated_events": 4, "changed": {"events": 2}, "untranslatable": {"events": 1}"#,
            isSampled: true
        )
        #expect(
            lines.dropFirst() == [
                "  2 of 4 translated changed: the vendor would get other content",
                "  1 of 4 translated cannot be translated",
            ]
        )
    }

    @Test func `compares the busiest minute with the rate limit`() throws {
        func peak(_ members: String) throws -> String? {
            try destination(#""peak": {"minute": "12:00", "requests": 50, "events": 500\#(members)}"#).last
        }
        let start = "  busiest minute 12:00: 50 requests with 500 events"
        #expect(try peak("") == start + "; no rate limit")
        #expect(try peak(#", "limit_per_minute": 60, "backlog_minutes": 0"#) == start + "; the limit is 60 per minute")
        #expect(
            try peak(#", "limit_per_minute": 40, "backlog_minutes": 3"#)
                == start + "; the limit is 40 per minute; requests would wait for up to 3 min"
        )
    }

    @Test func `estimates a comparison, with times only if there is a rate limit`() throws {
        func comparison(_ digest: String, _ full: String) throws -> String? {
            try destination(
                #""comparison": {"digest": {"calls": 31, "seconds": \#(digest)}, "full": {"calls": 999, "seconds": \#(full)}, "#
                    + #""share_of_rate_limit": 30.0}"#
            ).last
        }
        #expect(
            try comparison("4", "180")
                == "  a comparison would take 31 calls (digest, 4 s) or 999 calls (full, 3 min), at 30% of the rate limit"
        )
        #expect(try comparison("null", "null") == "  a comparison would take 31 calls (digest) or 999 calls (full)")
        #expect(try destination(#""comparison": null"#).last?.contains("comparison") == false)
    }

    @Test func `forecasts a backfill, with a time only if there is a rate limit`() throws {
        func backfill(_ members: String) throws -> String? {
            try destination(#""backfill": {"events": 500, "requests": 5\#(members)}"#).last
        }
        #expect(try backfill("") == "  a backfill would send 500 events in 5 requests")
        #expect(
            try backfill(#", "seconds": 180, "share_of_rate_limit": 50"#)
                == "  a backfill would send 500 events in 5 requests, in 3 min at 50% of the rate limit"
        )
    }

    @Test func `shows a provider that the file does not have`() throws {
        let lines = DestinationText(try .response(#"{"provider": "old", "removed": 3}"#), isSampled: false).lines
        #expect(
            lines == ["old (not in the file): 0 events, 0 customers", "  3 removed: they would no longer go there"]
        )
    }
}
