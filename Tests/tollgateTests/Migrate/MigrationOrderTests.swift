import ArgumentParser
import JSON
import Testing

@testable import tollgate

/// The orders of `tollgate migrate`, as the API takes them, and its exit codes.
@Suite struct MigrationOrderTests {
    @Test func `orders with the plan, the reason and the gates that need not be green`() throws {
        let order = try MigrationOrderOptions.parse(["m", "--plan", "p1", "--reason", "begin", "--dry-run"])
        let gates = try DespiteOptions.parse(["--despite", "usage,lost", "--despite", "rejected"]).gates
        #expect(
            String(decoding: order.body("ramp", despite: gates) { $0.member("share", string: "5") }, as: UTF8.self)
                == #"{"action":"ramp","share":"5","plan":"p1","reason":"begin","despite":["usage","lost","rejected"],"dry_run":true}"#
        )
        let least = try MigrationOrderOptions.parse(["m"])
        #expect(String(decoding: least.body("hold") { _ in }, as: UTF8.self) == #"{"action":"hold"}"#)
    }

    @Test(
        arguments: [
            (["green", "green"], 0), (["green", "unknown"], 2), (["unknown", "red"], 1), (["red", "green"], 1), ([], 0),
        ] as [([String], Int32)]
    )
    func `ends a check by its worst condition`(colors: [String], code: Int32) throws {
        let conditions = colors.map { #"{"color": "\#($0)"}"# }.joined(separator: ",")
        #expect(FinishedPlan.exitCode(of: try .response(#"{"conditions": [\#(conditions)]}"#)) == code)
    }

    @Test(arguments: [
        ("not-confirmed", "Use --i-know to start it."), ("unreadable-provider", "Use --accept-unreadable to start it."),
        ("not-live", "Use --without-live to start it."),
        ("incomplete-periods", "Use --without-incomplete to start it."), ("forbidden", nil),
    ])
    func `names the option that starts a backfill that was refused`(problem: String, advice: String?) {
        #expect(StartBackfillCommand.advice(on: "urn:tollgate:problem:\(problem)") == advice)
        #expect(StartBackfillCommand.advice(on: nil) == nil)
    }
}
