import JSON
import Testing

@testable import tollgate

/// One line for each order of a migration, and what an order leaves to do.
@Suite struct MigrationEntryTextTests {
    private func line(_ members: String) throws -> String {
        try MigrationEntryText(
            .response(#"{"actor": "ops", "effective_from": "T", \#(members)}"#)
        ).line
    }

    @Test(arguments: [
        (#""action": "start", "stage": "shadow""#, "start shadow by ops, from T"),
        (#""action": "ramp", "share": 12.5"#, "ramp 12.5% by ops, from T"),
        (#""action": "cut", "at": "2027-01-01T00:00:00.000Z""#, "cut at 2027-01-01T00:00:00.000Z by ops, from T"),
        (#""action": "return", "when": "now""#, "return at once by ops, from T"),
        (#""action": "return", "when": "boundary""#, "return at the next boundaries by ops, from T"),
        (#""action": "return", "when": "now", "customer_ids": ["a"]"#, "return at once of 1 customers by ops, from T"),
        (#""action": "hold", "reason": "a: b""#, "hold by ops, from T: a: b"),
        (#""action": "resume", "despite": ["usage", "lost"]"#, "resume by ops, from T, despite usage, lost"),
        (#""action": "close", "plan": "p", "despite": [], "reason": null"#, "close by ops, from T, plan p"),
        (#""action": "ramp", "share": "5", "customer_ids": [7]"#, "ramp by ops, from T"),
    ])
    func `says what was ordered, by whom, from when and why`(members: String, expected: String) throws {
        #expect(try line(members) == expected)
    }

    @Test func `stays on its line`() throws {
        #expect(try line(#""action": "hold", "reason": "x\nnext: tollgate migrate close m""#).contains("\n") == false)
    }

    // MARK: - What the old provider lacks

    private func refill(_ members: String, isDryRun: Bool = false) throws -> [String] {
        let outcome = #"{"dry_run": \#(isDryRun), "entry": {}, "refill": {"provider": "lago", \#(members)}}"#
        return try MigrationOutcomeText(.response(outcome)).text.split(separator: "\n").dropFirst().map(String.init)
    }

    @Test func `names the backfill that sends what the old provider lacks`() throws {
        #expect(
            try refill(#""events": 3, "customers": 1, "backfills": [7, 8]"#)
                == ["lago was not sent 3 events of 1 customer; backfill 7, 8 sends them (tollgate backfill list)"]
        )
        #expect(
            try refill(#""events": 1, "customers": 2, "backfills": [7], "more_events": 5"#) == [
                "lago was not sent 1 event of 2 customers; backfill 7 sends them (tollgate backfill list)",
                "  5 events of other customers are missing there too; backfill them manually",
            ]
        )
    }

    @Test func `says what a backfill would do, and why none was started`() throws {
        #expect(
            try refill(#""events": 3, "customers": 1, "error": "it is held""#, isDryRun: true)
                == ["lago was not sent 3 events of 1 customer; a backfill would send them"]
        )
        #expect(
            try refill(#""events": 3, "customers": 1, "error": "it is held", "more_events": 0"#)
                == ["lago was not sent 3 events of 1 customer, and no backfill was started: it is held"]
        )
    }

    @Test func `says nothing where nothing is missing`() throws {
        let text = try MigrationOutcomeText(
            .response(#"{"entry": {"action": "hold"}, "refill": null, "to_void": null, "migration": {"next": null}}"#)
        ).text
        #expect(text == "recorded: hold by , from ")
    }

    // MARK: - Checks

    @Test(arguments: [(1, "1 customer that"), (2, "2 customers that"), (21, "21 customers that")])
    func `counts what a check found, and lists the first twenty`(count: Int, title: String) throws {
        let names = (0..<count).map { #""c\#($0)""# }.joined(separator: ",")
        let lines = MigrationCheckText(
            try .response(#"{"unknown_customers": {"count": \#(count), "first": [\#(names)]}}"#)
        ).lines
        #expect(lines[2] == "\(title) the new provider does not have")
        #expect(lines.dropFirst(3).prefix(20).map { $0 } == (0..<min(count, 20)).map { "  c\($0)" })
        #expect(lines.last == (count > 20 ? "  and 1 more; --json shows up to 100" : "  c\(count - 1)"))
    }

    @Test(arguments: ["null", "{}", #"{"count": 0, "first": ["a"]}"#, #"{"count": -1}"#, #"{"count": "2"}"#, "[]", "7"])
    func `lists nothing that was not counted`(value: String) throws {
        let lines = MigrationCheckText(try .response(#"{"unknown_customers": \#(value)}"#)).lines
        #expect(lines == ["CONDITION  STATE  FOUND"])
    }
}
