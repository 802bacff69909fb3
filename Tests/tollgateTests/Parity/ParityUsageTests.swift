import JSON
import Testing

@testable import tollgate

/// Comparisons of what vendors bill, and what a report says beside its tables.
@Suite struct ParityUsageTests {
    private func report(
        _ members: String,
        level: String = "usage",
        causes: [ParityReport.CauseCount] = [],
        examples: [String] = []
    ) throws -> ParityReport {
        ParityReport(
            run: try .response(#"{"id": 7, "level": "\#(level)", \#(members)}"#),
            cells: [ParityReport.Cell(name: "api", provider: "polar", counts: [3, 2, 1, 0, 0])],
            causes: causes,
            examples: try examples.map { FindingLine(try .response($0)) }
        )
    }

    private static let provider = #""providers": [{"provider": "polar", "expected": 3, "found": 2, "missing": 1}]"#

    private static func cause(_ count: Int64, accepted: Int64 = 0) -> ParityReport.CauseCount {
        ParityReport.CauseCount(
            provider: "polar",
            cause: "usage_differs",
            urgency: "money",
            count: count,
            accepted: accepted,
            summary: "What it is."
        )
    }

    private static func finding(_ id: Int, detail: String = "") -> String {
        #"{"provider": "polar", "cause": "usage_differs", "event_id": "e\#(id)", "detail": "\#(detail)"}"#
    }

    @Test(arguments: [
        ("equal", "The vendors bill what was used"), ("different", "The vendors bill other amounts than were used"),
        ("unknown", "Not everything could be compared"), ("failed", "Not everything could be compared"),
    ])
    func `has the verdict on amounts as the title of its page`(verdict: String, title: String) throws {
        let text = ParityPage(try report(#""verdict": "\#(verdict)", \#(Self.provider)"#)).text
        #expect(text.contains("<h1>\(title)</h1>") && text.contains("<title>Comparison 7: \(title)</title>"))
    }

    @Test func `counts customers by metric where amounts are compared, and events by name elsewhere`() throws {
        let usage = try report(Self.provider)
        #expect(usage.text.hasPrefix("CUSTOMERS BY METRIC") && usage.text.contains("\nall metrics "))
        let page = ParityPage(usage).text
        #expect(page.contains("<h2>Customers by metric</h2>") && page.contains("polar: 3 customers</p>"))
        let full = try report(Self.provider, level: "full")
        #expect(full.text.hasPrefix("NAME") && full.text.contains("\nall names "))
        #expect(ParityPage(full).text.contains("<h2>Events by name</h2>"))
        #expect(ParityPage(full).text.contains("polar: 3 events</p>"))
    }

    @Test func `says when and by whom it was made, or a dash`() throws {
        let members =
            #""from": "F", "until": "U", "client": "ops", "requested_at": "R", "ended_at": "E", \#(Self.provider)"#
        let text = ParityPage(try report(members)).text
        #expect(text.contains(#"<p class="lead">polar: usage from F up to, not including, U.</p>"#))
        #expect(text.contains("level usage, requested by\nops at R, ended at\nE.</footer>"))
        #expect(ParityPage(try report(Self.provider)).text.contains("requested by\n- at -, ended at\n-.</footer>"))
    }

    @Test func `has a column for details only where there is one`() throws {
        let without = try report(Self.provider, causes: [Self.cause(1)], examples: [Self.finding(1)])
        #expect(!ParityPage(without).text.contains("<th>Detail</th>"))
        let examples = [Self.finding(1), Self.finding(2, detail: "used 1")]
        let with = ParityPage(try report(Self.provider, causes: [Self.cause(2)], examples: examples)).text
        #expect(with.contains("<th>Detail</th>") && with.contains("<td>used 1</td>"))
        #expect(with.contains("<th>Amount or event</th>") && !with.contains("<p>The first "))
    }

    @Test func `says how many of the differences were accepted, and by whom`() throws {
        let acceptances =
            #""acceptances": [{"client": "ops", "cause": "foreign", "accepted_at": "A", "until": "U", "reason": "<r>"}]"#
        let text = ParityPage(try report("\(Self.provider), \(acceptances)", causes: [Self.cause(5, accepted: 2)])).text
        #expect(text.contains("<h3>usage_differs at polar: 5 (2 accepted)</h3>"))
        #expect(text.contains("<h2>Accepted causes</h2>"))
        #expect(text.contains("<li>ops accepted foreign at every provider on A until U: &lt;r&gt;</li>"))
        let none = ParityPage(try report(Self.provider)).text
        #expect(!none.contains("Accepted causes") && !none.contains("Differences by cause"))
    }

    @Test func `lists what was not compared, and nothing else`() throws {
        let providers =
            #""reason": "stopped", "providers": [{"provider": "a", "unreadable": "down"}, {"provider": "b", "counted_only": 9}]"#
        let text = ParityPage(try report(providers)).text
        let items = text.matches(of: #/<li>(.+)</li>/#).map { String($0.1) }
        try #require(items.count == 3)
        #expect(items[0] == "a could not be compared: down" && items[2] == "stopped")
        #expect(items[1].hasPrefix("b: 9 events were only counted, and none of them was compared"))
        #expect(text.contains("a: 0 customers, not all of them could be compared</p>"))
        #expect(!ParityPage(try report(Self.provider)).text.contains("What was not compared"))
    }

    @Test(arguments: [
        (
            #"{"counted_only": 9, "sampled_parts": 3, "bound": 0.0123}"#,
            "9 events were only counted. Beside them 3 parts were compared, at random: pages, or single events where the vendor finds them "
                + "by ID. If those are clean, at most 1.23% of the parts hold a difference (95% confidence)."
        ),
        (
            #"{"counted_only": 9, "summed": 4}"#,
            "9 events were only counted, and none of them was compared: altered events would go unnoticed there, as would a lost event "
                + "beside a foreign one. For 4 of them the sum of the metered property agrees too, by name and hour: a difference there "
                + "changes no such sum."
        ),
    ])
    func `says in whole sentences how much a digest may have missed`(provider: String, text: String) throws {
        #expect(try ParityReport.bound(of: .response(provider)) == text)
    }

    @Test(arguments: [
        #"{"counted_only": -1}"#, #"{"counted_only": 0}"#, #"{"counted_only": "9"}"#, #"{"counted_only": null}"#, "{}",
        "[]",
        #"{"sampled_parts": 3, "bound": 0.5}"#,
    ])
    func `says nothing of a digest where nothing was only counted`(provider: String) throws {
        #expect(try ParityReport.bound(of: .response(provider)) == nil)
    }
}
