import JSON
import Testing

@testable import tollgate

/// What a comparison prints, and how the command ends.
@Suite struct ParityReportTests {
    private func report(
        verdict: String?,
        causes: [ParityReport.CauseCount] = [],
        examples: [FindingLine] = [],
        provider: String = "",
        reason: String? = nil
    ) throws -> ParityReport {
        let members = [verdict.map { #""verdict": "\#($0)""# }, reason.map { #""reason": "\#($0)""# }].compactMap(
            \.self
        )
        return ParityReport(
            run: try .response(
                #"""
                {"id": 7, "state": "failed", \#((members + [""]).joined(separator: ","))
                 "providers": [{"provider": "polar", "expected": 3, "found": 2, "missing": 1\#(provider)}]}
                """#
            ),
            cells: [ParityReport.Cell(name: "api", provider: "polar", counts: [3, 2, 1, 0, 0])],
            causes: causes,
            examples: examples
        )
    }

    private func cause(_ cause: String, _ urgency: String, count: Int64 = 1, accepted: Int64 = 0)
        -> ParityReport.CauseCount
    {
        ParityReport.CauseCount(
            provider: "polar",
            cause: cause,
            urgency: urgency,
            count: count,
            accepted: accepted,
            summary: "What it is."
        )
    }

    @Test(arguments: ["unexplained", "lost_after_accept", "not_visible_yet"], ["act", "money", "info"])
    func `fails on the differences that were asked for`(name: String, urgency: String) throws {
        let found = try report(verdict: "different", causes: [cause(name, urgency)])
        #expect(found.exitCode(.any) == 1)
        #expect(found.exitCode(.act) == (urgency == "info" ? 0 : 1))
        #expect(found.exitCode(.unexplained) == (name == "unexplained" ? 1 : 0))
    }

    @Test func `says who accepted a cause, and where`() throws {
        let accepted =
            #", "x": 1}], "acceptances": [{"cause": "foreign", "provider": null, "name": "api", "reason": "of a test", "#
            + #""until": "2027-01-01T00:00:00Z", "client": "ops", "accepted_at": "2026-01-01T00:00:00Z""#
        let text = try report(verdict: "different", provider: accepted).text
        let sentence =
            "ops accepted foreign at every provider for api on 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z"
        #expect(text.contains("\(sentence): of a test"))
    }

    @Test func `does not fail on differences that were all accepted`() throws {
        let accepted = cause("foreign", "act", count: 2, accepted: 2)
        #expect(try report(verdict: "different", causes: [accepted]).exitCode(.any) == 0)
        let partly = cause("foreign", "act", count: 2, accepted: 1)
        #expect(try report(verdict: "different", causes: [accepted, partly]).exitCode(.any) == 1)
    }

    @Test(arguments: ParityFailure.allCases)
    func `tells equal, different and unknown apart, and takes a failed comparison for unknown`(failOn: ParityFailure)
        throws
    {
        #expect(try report(verdict: "equal", causes: [cause("unexplained", "act")]).exitCode(failOn) == 0)
        #expect(try report(verdict: "different", causes: [cause("unexplained", "act")]).exitCode(failOn) == 1)
        #expect(try report(verdict: "unknown").exitCode(failOn) == 2)
        #expect(try report(verdict: nil).exitCode(failOn) == 2)
    }

    /// As of a gateway whose answer has another form: what differs is not known, but that something does.
    @Test(arguments: ParityFailure.allCases)
    func `fails on differences of which no cause is told`(failOn: ParityFailure) throws {
        #expect(try report(verdict: "different").exitCode(failOn) == 1)
        #expect(try report(verdict: "other").exitCode(failOn) == 2)
        #expect(try report(verdict: "").exitCode(failOn) == 2)
    }

    @Test func `shows the table, then the causes with examples, and the command that shows the rest`() throws {
        let example = FindingLine(
            try .response(
                #"""
                {"provider": "polar", "cause": "content", "event_id": "e1", "confirmed": false,
                 "differences": [{"field": "name", "kind": "changed", "sent": "a", "shown": "b"}]}
                """#
            )
        )
        let text = try report(
            verdict: "different",
            causes: [cause("content", "money", count: 2, accepted: 1)],
            examples: [example]
        ).text
        #expect(
            text == """
                NAME       PROVIDER  EXPECTED  FOUND  MISSING  EXTRA  DIFFERENT
                api        polar     3         2      1        0      0
                all names  polar     3         2      1        0      0

                content at polar: 2, 1 of them accepted. What it is.
                  e1  name (changed): sent a, vendor has b; not confirmed by a second read
                  … all of them: tollgate parity findings 7 --cause content --provider polar --csv
                comparison 7: different
                """
        )
    }

    @Test func `says what was not compared, and why a comparison failed`() throws {
        let text = try report(verdict: nil, provider: #", "unreadable": "it is down""#, reason: "stopped").text
        let lines = text.split(separator: "\n").suffix(3)
        #expect(
            lines == [
                "polar could not be compared: it is down", "comparison 7 failed: stopped", "comparison 7: failed",
            ]
        )
    }

    @Test(arguments: [
        (#"{"counted_only": 0, "sampled_parts": 5, "bound": 0.1}"#, nil),
        (#"{"counted_only": 9}"#, "9 events were only counted, and none of them was compared"),
        (#"{"counted_only": 9, "sampled_parts": 3, "bound": 0.0123}"#, "at most 1.23% of the parts hold a difference"),
        (#"{"counted_only": 9, "sampled_parts": 3000, "bound": 0.001}"#, "at most 0.1% of the parts hold a difference"),
        (
            #"{"counted_only": 9, "sampled_parts": 99999, "bound": 3e-5}"#,
            "at most 0.01% of the parts hold a difference"
        ),
    ])
    func `says how much a digest may have missed`(provider: String, part: String?) throws {
        let bound = ParityReport.bound(of: try .response(provider))
        #expect((bound == nil) == (part == nil))
        if let part { #expect(bound?.contains(part) == true, "\(bound ?? "")") }
    }

    @Test func `lets no vendor's value forge a line of the report`() throws {
        let example = FindingLine(
            try .response(
                #"{"provider": "polar", "cause": "content", "event_id": "e1", "detail": "x\ncomparison 7: equal"}"#
            )
        )
        let text = try report(verdict: "different", causes: [cause("content", "act")], examples: [example]).text
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("comparison 7") } == ["comparison 7: different"])
    }

    @Test func `names a finding by the event's id, else by the vendor's`() throws {
        #expect(FindingLine(try .response(#"{"event_id": "e", "vendor_id": "v"}"#)).id == "e")
        #expect(FindingLine(try .response(#"{"vendor_id": "v", "subscription_id": "s"}"#)).id == "v")
        #expect(FindingLine(try .response(#"{"subscription_id": "s"}"#)).customer == "s")
        #expect(FindingLine(try .response("{}")).id == "-")
    }
}
