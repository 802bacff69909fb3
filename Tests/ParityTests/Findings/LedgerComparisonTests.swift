import Events
import Parity
import Testing

/// What the journal alone says of a window.
@Suite struct LedgerComparisonTests {
    private typealias Window = ComparedWindow

    private static let states: [LedgerState] = [
        Window.delivered, .waiting(next: Timestamp(milliseconds: 1)), .waiting(next: nil), .rejected(.invalidEvent),
        .rejected(nil), .rejected(.untranslatable), .uncertain, .discarded,
    ]

    @Test func `counts what is delivered as found, and names the cause of the rest`() {
        let events = Self.states.enumerated().map { Window.event($0.offset, "api", $0.element) }
        let ledger = WindowComparison.ledger(events, at: "lago", deciding: Window.decision())
        #expect(ledger.cells == ["api": CellCounts(expected: 8, found: 1, missing: 7)])
        #expect(
            ledger.findings.map(\.cause) == [
                .waiting, .waiting, .rejected, .rejected, .untranslatable, .uncertain, .discarded,
            ]
        )
        #expect(ledger.findings.allSatisfy { $0.isConfirmed && $0.key.hasPrefix("ledger ") })
        #expect(
            ledger.findings.map(\.detail) == [
                "The next attempt is at 1970-01-01T00:00:00.001Z.", nil, "The delivery's error is invalid_event.", nil,
                "The delivery's error is untranslatable.", nil, nil,
            ]
        )
    }

    @Test func `says of each event who and what it is`() throws {
        let ledger = WindowComparison.ledger(
            [Window.event(6, "api", .uncertain)],
            at: "lago",
            deciding: Window.decision()
        )
        let finding = try #require(ledger.findings.first)
        #expect(finding.key == "ledger 7" && finding.provider == "lago" && finding.differences.isEmpty)
        #expect(
            finding.subject
                == FindingSubject(
                    sequence: 7,
                    tenant: "t",
                    eventID: "e6",
                    name: "api",
                    customerID: "c",
                    timestamp: Timestamp(milliseconds: 6000)
                )
        )
    }

    @Test func `says nothing of canaries`() {
        let events = [Window.event(0, "api", .uncertain, isCanary: true), Window.event(1, "api", isCanary: true)]
        let ledger = WindowComparison.ledger(events, at: "lago", deciding: Window.decision())
        #expect(ledger.cells.isEmpty && ledger.findings.isEmpty)
    }

    @Test func `has an event that can no longer be sent again missing without a known cause`() {
        let events = [
            Window.event(0), Window.event(1, isTranslatable: false),
            Window.event(2, "api", .uncertain, isTranslatable: false),
            Window.event(3, isTranslatable: false, isCanary: true),
        ]
        let resent = WindowComparison.resent(events, at: "lago", deciding: Window.decision())
        #expect(resent.cells == ["api": CellCounts(expected: 3, found: 1, missing: 2)])
        #expect(resent.findings.map(\.cause) == [.uncertain, .unexplained])
        #expect(resent.findings[1].detail == "The event can no longer be written in the vendor's format.")
        #expect(resent.findings.allSatisfy { $0.isConfirmed })
        // Without a vendor, one that cannot be translated is found all the same: it was delivered.
        let ledger = WindowComparison.ledger([events[1]], at: "lago", deciding: Window.decision())
        #expect(ledger.findings.isEmpty && ledger.cells == ["api": CellCounts(expected: 1, found: 1)])
    }

    @Test func `takes numbers that the journal has counted as they are`() {
        let cells: [ExactText: CellCounts] = ["api": CellCounts(expected: 5, found: 5)]
        let ledger = WindowComparison.ledger(cells, at: "lago")
        #expect(ledger.cells == cells && ledger.findings.isEmpty)
    }

    /// Vendors bill two names.
    @Test func `counts two forms of one name as two names`() {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let events = [
            Window.event(0, composed), Window.event(1, decomposed, .discarded), Window.event(2, composed),
        ]
        let ledger = WindowComparison.ledger(events, at: "lago", deciding: Window.decision())
        #expect(
            ledger.cells == [
                composed.exact: CellCounts(expected: 2, found: 2),
                decomposed.exact: CellCounts(expected: 1, missing: 1),
            ]
        )
    }
}
