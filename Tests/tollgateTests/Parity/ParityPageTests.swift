import JSON
import Testing

@testable import tollgate

/// The HTML page of a comparison.
@Suite struct ParityPageTests {
    private func page(_ provider: String, verdict: String = "different", cause: String = "content") throws -> String {
        let finding =
            #"{"provider": "polar", "cause": "\#(cause)", "event_id": "<e&1>", "name": "\"n\"", "detail": "a<b"}"#
        let count = ParityReport.CauseCount(
            provider: "polar",
            cause: cause,
            urgency: "act",
            count: 3,
            accepted: 1,
            summary: "<script>alert(1)</script>"
        )
        let report = ParityReport(
            run: try .response(
                #"{"id": 7, "verdict": "\#(verdict)", "client": "<ops>", "providers": [\#(provider)]}"#
            ),
            cells: [ParityReport.Cell(name: "<api>", provider: "polar", counts: [3, 2, 1, 0, 0])],
            causes: [count],
            examples: [FindingLine(try .response(finding))]
        )
        return ParityPage(report).text
    }

    private func widths(_ page: String) -> [Double] {
        page.matches(of: #/ width="([0-9.]+)" height="18"/#).compactMap { Double($0.1) }
    }

    @Test func `escapes all that comes from outside`() throws {
        let text = try page(#"{"provider": "polar<", "expected": 3, "unreadable": "down & <out>"}"#)
        for raw in ["<script", "<api>", "<e&1>", "a<b", "polar<:", "<ops>", "& <out>", #""n""#] {
            #expect(!text.contains(raw), "\(raw)")
        }
        for escaped in ["&lt;script&gt;", "&lt;e&amp;1&gt;", "&quot;n&quot;", "polar&lt;: 3 events"] {
            #expect(text.contains(escaped), "\(escaped)")
        }
    }

    @Test func `draws bars that share the width, and shows a few among millions`() throws {
        let text = try page(#"{"provider": "p", "expected": 9, "found": 4, "different": 1, "missing": 4, "extra": 2}"#)
        #expect(widths(text) == [216, 72, 288, 144])
        let rare = try page(#"{"provider": "p", "expected": 1000000, "found": 999999, "missing": 1}"#)
        #expect(widths(rare).count == 2)
        #expect(widths(rare).reduce(0, +) <= 720)
        #expect(try widths(page(#"{"provider": "p", "missing": 1, "found": 999999999}"#)).last ?? 0 >= 0)
    }

    @Test(arguments: [
        #"{"found": 9223372036854775807, "missing": 9223372036854775807, "extra": 9223372036854775807}"#,
        #"{"found": -9223372036854775808, "different": 9223372036854775807}"#, "{}",
    ])
    func `draws figures of any size within the picture`(provider: String) throws {
        #expect(try widths(page(provider)).allSatisfy { (0...720).contains($0) })
    }

    @Test func `marks what is missing, extra or different, and nothing else`() throws {
        let text = try page(#"{"provider": "polar", "expected": 3, "found": 2, "missing": 1}"#)
        #expect(text.contains(#"<td class="number fault">1</td>"#))
        #expect(!text.contains(#"<td class="number fault">3</td>"#))
        #expect(!text.contains(#"<td class="number fault">0</td>"#))
    }

    @Test(arguments: [
        ("equal", "The vendors have what they were sent"), ("different", "The vendors differ from what they were sent"),
        ("unknown", "Not everything could be compared"),
    ])
    func `has the verdict as its title`(verdict: String, title: String) throws {
        let text = try page("{}", verdict: verdict)
        #expect(text.contains("<h1>\(title)</h1>"))
        #expect(text.contains("<title>Comparison 7: \(title)</title>"))
    }

    @Test func `says that a table of examples does not have all of them`() throws {
        #expect(try page("{}").contains("<p>The first 1 of 3.</p>"))
    }
}
