import Events
import Parity
import Testing

/// What could not be compared is never equal.
@Suite struct UnreadableComparisonTests {
    private typealias Window = ComparedWindow

    @Test func `finds nothing and misses nothing, and says why`() throws {
        let events = [Window.event(0), Window.event(1, "disk"), Window.event(2, "api", .waiting(next: nil))]
        let unreadable = WindowComparison.unreadable(
            events,
            at: "lago",
            because: "HTTP 401",
            in: Window.window,
            deciding: Window.decision()
        )
        #expect(unreadable.cells == ["api": CellCounts(expected: 2), "disk": CellCounts(expected: 1)])
        #expect(unreadable.findings.map(\.cause) == [.waiting, .unreadable])
        let finding = unreadable.findings[1]
        #expect(finding.isConfirmed && finding.key == "unreadable")
        #expect(finding.subject == FindingSubject(name: "", timestamp: Window.window.from))
        #expect(
            finding.detail
                == "Events from 1970-01-01T00:00:00.000Z to 1970-01-01T00:16:40.000Z could not be compared: HTTP 401."
        )
    }

    @Test func `says so of a window without events`() {
        let unreadable = WindowComparison.unreadable(
            [],
            at: "lago",
            because: "a timeout",
            in: Window.window,
            deciding: Window.decision()
        )
        #expect(unreadable.cells.isEmpty && unreadable.findings.map(\.cause) == [.unreadable])
    }

    @Test func `names damage of the journal beside what was found`() throws {
        var comparison = Window.compare([Window.event(0)], [])
        comparison.noteDamage(in: Window.window)
        #expect(comparison.findings.map(\.cause) == [.lostAfterAccept, .unreadable])
        #expect(
            comparison.findings[1].detail
                == "A part of the journal cannot be read; its events from 1970-01-01T00:00:00.000Z to "
                + "1970-01-01T00:16:40.000Z were not compared."
        )
        // The numbers of what was read stay.
        #expect(comparison.cells == ["api": CellCounts(expected: 1, missing: 1)])
    }

    @Test func `says of a row beyond the journal's that a damaged journal may have it`() throws {
        let row = VendorEvent(id: "x", name: "api", timestamp: Timestamp(milliseconds: 5))
        let found = WindowComparison.compare(
            [],
            with: [WindowRow(key: "v1", event: row)],
            { _ in ComparisonRules(identity: []) },
            at: "lago",
            deciding: Window.decision(isJournalDamaged: true)
        )
        #expect(found.findings.map(\.cause) == [.unreadable])
        #expect(found.findings[0].detail == "It may be one of the events that the journal can no longer read.")
        #expect(found.cells == ["api": CellCounts(extra: 1)])
    }
}
