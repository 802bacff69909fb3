import JSON
import Testing

@testable import tollgate

/// What is printed about the check of a migration.
@Suite struct MigrationCheckTextTests {
    @Test func `shows the conditions, then what is missing, and what is good to know`() throws {
        let migration = try JSONValue.response(
            #"""
            {"name": "m", "events": 5, "customers": 3, "more": false,
             "conditions": [{"name": "customers", "color": "red", "text": "22 of 30 customers missing at q"}],
             "names_without_metric": {"count": 0, "first": []},
             "unknown_customers": {"count": 22, "first": ["a\u001b", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
                                                        "n", "o", "p", "q", "r", "s", "t", "u", "v"]},
             "customers_with_two_of_record": {"count": 0, "first": []}, "remaining_subscriptions": null,
             "late_usage": {"events": 9, "late_events": 3, "by_delay": [
               {"less_than_seconds": 3600, "events": 2}, {"less_than_seconds": 21600, "events": 0},
               {"less_than_seconds": null, "events": 1}]},
             "notes": ["a note"]}
            """#
        )
        let lines = MigrationCheckText(migration).text(plan: "p1").split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(lines[0] == "m: 5 events of 3 customers were looked at (plan p1)")
        #expect(lines[2].hasPrefix("CONDITION  STATE  FOUND"))
        #expect(lines[3] == "customers  red    22 of 30 customers missing at q")
        #expect(lines[5] == "22 customers that the new provider does not have")
        #expect(lines[6].hasPrefix("  a") && !lines[6].contains("\u{1b}"))
        #expect(lines.contains("  and 2 more; --json shows up to 100"))
        #expect(lines.contains("3 of 9 events of the last periods came after their end"))
        #expect(lines.contains { $0.hasPrefix("  2 by less than ") } && lines.contains("  1 by more"))
        #expect(lines.last == "note: a note")
    }
}
