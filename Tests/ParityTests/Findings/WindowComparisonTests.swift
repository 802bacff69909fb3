import Events
import Parity
import Testing

/// What a comparison of a window says of events and rows, and how several are joined.
@Suite struct WindowComparisonTests {
    private typealias Window = ComparedWindow

    @Test func `finds nothing where all is equal`() {
        let events = (0..<5).map { Window.event($0) }
        let found = Window.compare(events, Window.rows(events.map(\.sent)))
        #expect(found.findings.isEmpty && found.cells == ["api": CellCounts(expected: 5, found: 5)])
        #expect(Window.compare([], []).cells.isEmpty)
    }

    @Test func `names a row that nobody sent by the vendor's own id, and else by all that it says`() {
        let row = VendorEvent(id: "x", name: "api", customerID: "c", timestamp: Timestamp(milliseconds: 7))
        let named = Window.compare([], [WindowRow(key: "v1", event: row)])
        #expect(named.findings.map(\.key) == ["extra v1"] && named.findings[0].subject.vendorID == "v1")
        let unnamed = Window.compare([], [WindowRow(key: nil, event: row)])
        #expect(unnamed.findings.map(\.key) == ["extra x\u{1F}api\u{1F}c\u{1F}\u{1F}7"])
        #expect(
            unnamed.findings[0].subject
                == FindingSubject(eventID: "x", name: "api", customerID: "c", timestamp: Timestamp(milliseconds: 7))
        )
        #expect(!unnamed.findings[0].isConfirmed && unnamed.findings[0].detail == nil)
    }

    /// Routes rename events; numbers are told by the names that the application sends.
    @Test func `counts a foreign row under the name that its events have at the gateway`() {
        let known = Window.event(0, "api_request", sentName: "api.request")
        let foreign = VendorEvent(id: "x", name: "api.request", timestamp: Timestamp(milliseconds: 7))
        let found = Window.compare([known], Window.rows([known.sent, foreign]))
        #expect(found.cells == ["api_request": CellCounts(expected: 1, found: 1, extra: 1)])
        #expect(found.findings.map(\.subject.name) == ["api_request"])
        // Two forms of one text are two names there.
        let composed = Window.event(0, "cafes", sentName: "caf\u{E9}")
        let other = VendorEvent(id: "x", name: "cafe\u{301}", timestamp: Timestamp(milliseconds: 7))
        let cells = Window.compare([composed], Window.rows([composed.sent, other])).cells
        #expect(cells["cafes"]?.extra == 0 && cells["cafe\u{301}"]?.extra == 1)
    }

    @Test func `says how many rows an event has, and counts those beyond the first`() {
        let event = Window.event(0)
        let found = Window.compare([event], Window.rows([event.sent, event.sent, event.sent, event.sent]))
        #expect(found.cells == ["api": CellCounts(expected: 1, found: 1, extra: 3)])
        #expect(found.findings.map(\.cause) == [.doubled])
        #expect(found.findings[0].detail == "The vendor has 4 events with this identity.")
        #expect(found.findings[0].key == "repeated 1" && !found.findings[0].isConfirmed)
    }

    @Test func `names the row and the fields of an event with other values`() {
        var other = Window.event(0).sent!
        other.properties = JSONText(checked: #"{"units":1}"#)
        let found = Window.compare([Window.event(0)], [WindowRow(key: "v9", event: other)])
        #expect(found.cells == ["api": CellCounts(expected: 1, found: 1, different: 1)])
        #expect(found.findings.map(\.cause) == [.content] && found.findings[0].subject.vendorID == "v9")
        #expect(found.findings[0].differences.map(\.field) == ["properties"])
    }

    /// What a row says of an event that the vendor need not have is no difference.
    @Test(arguments: [LedgerState.waiting(next: nil), .rejected(nil), .uncertain, .discarded])
    func `does not blame a vendor for the values of what it has not confirmed`(state: LedgerState) {
        var other = Window.event(0).sent!
        other.properties = JSONText(checked: #"{"units":1}"#)
        let found = Window.compare([Window.event(0, "api", state)], Window.rows([other]))
        #expect(found.findings.count == 1 && found.findings[0].key == "ledger 1")
        #expect(found.cells["api"] == CellCounts(expected: 1, found: 1))
    }

    @Test func `adds up what was found in parts, and keeps one finding of each event`() {
        var whole = Window.compare([Window.event(0)], [])
        let part = Window.compare(
            [Window.event(1), Window.event(2, "disk")],
            Window.rows([Window.event(2, "disk").sent])
        )
        whole.add(part)
        #expect(
            whole.cells == [
                "api": CellCounts(expected: 2, missing: 2), "disk": CellCounts(expected: 1, found: 1),
            ]
        )
        #expect(whole.findings.map(\.key) == ["missing 1", "missing 2"])
        // A later cause of an event of the second part adds no second finding of it.
        var obstacles = BillingObstacles(able: .none)
        obstacles.learn(.noMetric, of: Window.event(1))
        whole.note(obstacles, of: [Window.event(2, "disk"), Window.event(1)])
        #expect(whole.findings.map(\.cause) == [.lostAfterAccept, .lostAfterAccept])
        whole.note([Window.event(2, "disk")]) { _, _ in true }
        #expect(whole.findings.map(\.key) == ["missing 1", "missing 2", "closed 3"])
    }

    @Test func `says of a lost event that was sent again among which it was`() {
        let batch = [Window.event(3), Window.event(1), Window.event(2)]
        var found = WindowComparison.resent(batch, at: "lago", deciding: Window.decision())
        found.note(lost: 2, among: batch)
        #expect(found.cells == ["api": CellCounts(expected: 3, found: 1, missing: 2)])
        #expect(found.findings.map(\.key) == ["resent 4 0", "resent 4 1"])
        #expect(found.findings.allSatisfy { $0.cause == .lostAfterAccept && $0.isConfirmed })
        #expect(found.findings[0].subject == FindingSubject(name: "api", timestamp: Timestamp(milliseconds: 1000)))
        #expect(
            found.findings[0].detail
                == "One of 3 events up to 1970-01-01T00:00:03.000Z that were sent again; the vendor has it now, and does "
                + "not tell which."
        )
        found.note(lost: 1, among: [])
        #expect(found.findings.count == 2)
    }

    @Test func `replaces a finding and leaves the others where they are`() {
        var found = Window.compare([Window.event(0), Window.event(1)], [])
        let difference = ContentDifference(field: "name", kind: .value, sent: "a", shown: "b")
        found.replace(found.findings[1].explained(as: .collision, [difference]), at: 1)
        #expect(found.findings.map(\.cause) == [.lostAfterAccept, .collision])
        #expect(found.findings[1].differences == [difference] && found.findings[1].key == "missing 2")
        let told = found.findings[0].with(detail: "It is late.")
        #expect(told.detail == "It is late." && told.cause == .lostAfterAccept && told.key == "missing 1")
    }

    @Test func `confirms what an earlier read found too, and only that`() {
        let first = Window.compare([Window.event(0)], [])
        var second = Window.compare([Window.event(0), Window.event(1)], [])
        second.confirm(after: first.findings)
        #expect(second.findings.map(\.isConfirmed) == [true, false])
    }
}
