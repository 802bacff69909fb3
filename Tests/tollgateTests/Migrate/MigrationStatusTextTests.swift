import JSON
import Testing

@testable import tollgate

/// What is printed about a migration.
@Suite struct MigrationStatusTextTests {
    private static let entry = #"""
        {"number": 2, "action": "ramp", "share": 5, "actor": "ops", "key_id": "k1", "effective_from": "2026-12-01T00:00:00.000Z",
         "plan": "p1", "reason": "begin", "despite": ["usage"]}
        """#

    private func migration(
        share: String = "5",
        cut: String = "null",
        hold: String = "null",
        next: String = "\"tollgate x\""
    )
        throws -> String
    {
        MigrationStatusText(
            try .response(
                #"""
                {"name": "to-polar", "route": "default", "from": "lago", "to": "polar", "stage": "ramp", "share_percent": \#(share),
                 "cut_at": \#(cut), "hold": \#(hold), "next": \#(next), "obstacles": ["usage is unknown: not measured yet"],
                 "stages": [
                   {"number": 0, "name": "check", "state": "done", "conditions": [{"name": "plan", "color": "unknown", "text": "old"}]},
                   {"number": 5, "name": "ramp", "state": "current", "conditions": [
                     {"name": "unexplained", "color": "green", "text": "0, at most 0"},
                     {"name": "usage", "color": "unknown", "text": "not measured yet"}]},
                   {"number": 7, "name": "drain", "state": "ahead", "conditions": []}],
                 "log": [\#(Self.entry)]}
                """#
            )
        ).text
    }

    @Test func `shows stages with what must hold, the next command and what is in its way`() throws {
        #expect(
            try migration() == """
                to-polar: default, from lago to polar
                5% of the customers move, each at the next start of a billing period

                #  STAGE        CONDITION    STATE    FOUND
                0  check  done
                5  ramp   now   unexplained  green    0, at most 0
                5  ramp   now   usage        unknown  not measured yet
                7  drain

                next: tollgate x
                  in its way: usage is unknown: not measured yet

                ordered so far:
                  ramp 5% by ops, from 2026-12-01T00:00:00.000Z, plan p1, despite usage: begin
                """
        )
    }

    @Test func `says who moves`() throws {
        #expect(try migration(share: "0").contains("\nno customer moves\n"))
        #expect(try migration(share: "12.5").contains("\n12.5% of the customers move"))
        let cut = try migration(cut: "\"2027-01-01T00:00:00.000Z\"")
        #expect(
            cut.contains(
                "all customers move, each at the first start of a billing period from 2027-01-01T00:00:00.000Z on"
            )
        )
    }

    @Test func `says who holds it, and names no command where there is none`() throws {
        let hold = #"""
            {"number": 3, "action": "hold", "actor": "gateway", "effective_from": "2026-12-02T00:00:00.000Z", "reason": "rejected is red"}
            """#
        let text = try migration(hold: hold, next: "null")
        #expect(text.contains("held: hold by gateway, from 2026-12-02T00:00:00.000Z: rejected is red"))
        #expect(!text.contains("next:"))
    }

    @Test func `keeps control characters of a reason from the terminal`() throws {
        let hold = #"{"action": "hold", "actor": "ops", "reason": "\u001b[2J"}"#
        #expect(try !migration(hold: hold).unicodeScalars.contains("\u{1B}"))
    }

    // MARK: - Outcomes

    private func outcome(_ toVoid: String, isDryRun: Bool = false) throws -> String {
        MigrationOutcomeText(
            try .response(
                #"""
                {"dry_run": \#(isDryRun), "entry": {"action": "return", "when": "now", "customer_ids": ["a", "b"], "actor": "ops",
                  "effective_from": "2026-12-01T00:00:00.000Z"}, "to_void": \#(toVoid), "migration": {"next": "tollgate y"}}
                """#
            )
        ).text
    }

    @Test func `says what was recorded and what comes next`() throws {
        let entry = "return at once of 2 customers by ops, from 2026-12-01T00:00:00.000Z"
        #expect(try outcome("null") == "recorded: \(entry)\nnext: tollgate y")
        #expect(try outcome("null", isDryRun: true) == "would record: \(entry)")
    }

    @Test func `lists whose usage must be voided`() throws {
        let customer = #"{"customer_id": "a", "events": 3, "first": "F", "last": "L"}"#
        let some = try outcome(
            #"{"provider": "polar", "customers": [\#(customer)], "more_events": 2, "unreadable_parts": 1}"#
        )
        #expect(
            some.contains(
                "1 customer has usage of the running period on the bill of polar; void it there:\n  a: 3 events, F to L"
            )
        )
        #expect(some.contains("and 2 events of other customers"))
        #expect(some.contains("1 part of the journal could not be read"))
        let none = try outcome(#"{"provider": "polar", "customers": [], "more_events": 0, "unreadable_parts": 0}"#)
        #expect(none.contains("no customer has usage of the running period on the bill of polar"))
        let many = Array(repeating: customer, count: 60).joined(separator: ",")
        let long = try outcome(
            #"{"provider": "polar", "customers": [\#(many)], "more_events": 0, "unreadable_parts": 0}"#
        )
        #expect(long.contains("and 10 more customers; --json shows all"))
    }
}
