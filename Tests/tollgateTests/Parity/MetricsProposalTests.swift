import Testing

@testable import tollgate

/// What `tollgate metrics propose` prints, and when it fails.
@Suite struct MetricsProposalTests {
    private static let pair =
        #"{"name": "api", "aggregate": "sum", "property": "units", "ids": {"lago": "m1", "polar": "m2"}, "differences": []}"#
    private static let other =
        #"{"name": "api", "ids": {"lago": "m3"}, "differences": ["Lago rounds.", "Polar sums another property."]}"#
    private static let single =
        #"{"provider": "lago", "id": "m4", "name": "Seats", "aggregate": "max", "event_name": "seat"}"#

    private static func proposal(_ pairs: String..., singles: String = "") -> String {
        #"{"pairs": [\#(pairs.joined(separator: ","))], "singles": [\#(singles)]}"#
    }

    @Test func `shows each pair with its ids and differences, then what has no counterpart`() throws {
        let text = try MetricsProposalOptions.text(
            .response(Self.proposal(Self.pair, Self.other, singles: Self.single))
        )
        #expect(
            text == """
                EVENT NAME  AGGREGATE  PROPERTY  IDS                  DIFFERENCES
                api         sum        units     lago: m1, polar: m2
                api         -          -         lago: m3             Lago rounds. Polar sums another property.
                lago: m4 (Seats), a max for seat, has no counterpart
                """
        )
    }

    @Test(arguments: [
        (Self.proposal(Self.pair), true), (Self.proposal(Self.pair, Self.other), false),
        (Self.proposal(Self.pair, singles: Self.single), false), (Self.proposal(), false), ("{}", false),
    ])
    func `succeeds only if every metric has its like`(proposal: String, isClean: Bool) throws {
        #expect(try MetricsProposalOptions.isClean(.response(proposal)) == isClean)
    }

    @Test func `lets no name of a vendor forge a line`() throws {
        let single = #"{"provider": "lago", "id": "m4", "name": "a\nb", "aggregate": "max"}"#
        let text = try MetricsProposalOptions.text(.response(Self.proposal(singles: single)))
        #expect(text.split(separator: "\n").count == 2)
        #expect(text.hasSuffix(#"lago: m4 (a\u000ab), a max, has no counterpart"#))
    }
}
