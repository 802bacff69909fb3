import Events
import Parity
import Testing

/// The counts of a window by name, however the names follow one another.
@Suite struct WindowCellsTests {
    @Test func `counts the events of each name where names take turns`() {
        let names = ["api", "api", "disk", "api", "disk", "disk", "cpu"]
        let sent = names.enumerated().map { MatcherTests.event($0.offset, name: $0.element) }
        // One of "disk" is missing.
        let shown = sent.enumerated().filter { $0.offset != 4 }.map { WindowRow(key: nil, event: $0.element) }
        let comparison = WindowComparison.compare(
            sent.enumerated().map { MatcherTests.expected($0.offset, $0.element) },
            with: shown,
            { _ in ComparisonRules(identity: [.customer]) },
            at: "lago",
            deciding: CauseDecision(readAt: Timestamp(milliseconds: 5000), lag: .zero, isJournalDamaged: false)
        )
        #expect(
            comparison.cells == [
                "api": CellCounts(expected: 3, found: 3), "disk": CellCounts(expected: 3, found: 2, missing: 1),
                "cpu": CellCounts(expected: 1, found: 1),
            ]
        )
    }

    /// Ids tell events apart; what a row says is compared all the same.
    @Test func `finds changed properties behind an id that is there`() {
        let sent = (0..<50).map { MatcherTests.event($0, #"{"n": \#($0)}"#) }
        var shown = sent
        shown[7].properties = JSONText(checked: #"{"n": 8}"#)
        let mismatches = Matcher.match(
            sent.enumerated().map { MatcherTests.expected($0.offset, $0.element) },
            with: shown.reversed(),
            ComparisonRules(identity: [.customer, .timestamp])
        )
        guard mismatches.count == 1, case .different(sent: 7, shown: 42, let differences) = mismatches[0] else {
            Issue.record("\(mismatches)")
            return
        }
        #expect(differences.map(\.field) == ["properties.n"])
    }
}
