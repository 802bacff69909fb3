import Journal
import Testing

@testable import JournalPostgres

/// What a person can do with a backfill in each of its states (MIGRATION.md, section 6).
@Suite struct LaneChangeTests {
    private static let changes: [LaneChange] = [.pause, .resume, .rate(50), .fixEnd, .cancel]

    @Test func `pauses what runs, resumes what is paused, and changes nothing that has ended or is ending`() {
        for state in LaneState.allCases {
            for change in Self.changes {
                let isPossible =
                    switch (change, state) {
                    case (.pause, .running), (.resume, .paused): true
                    case (.rate, .running), (.rate, .paused), (.fixEnd, .running), (.fixEnd, .paused): true
                    case (.cancel, .running), (.cancel, .paused): true
                    case (.pause, _), (.resume, _), (.rate, _), (.fixEnd, _), (.cancel, _): false
                    }
                #expect(change.states.contains(state) == isPossible, "\(change) while \(state)")
            }
        }
    }

    @Test func `leads to another state, which can be changed in turn until it ends`() {
        for change in Self.changes {
            #expect(Set(change.states).count == change.states.count && change.states.allSatisfy(\.isActive))
            guard let next = change.state else { continue }
            #expect(!change.states.contains(next), "a change that is repeated is refused")
            #expect(next.isActive, "a lane with requests in flight still pins the journal")
        }
        #expect(LaneChange.pause.state == .paused && LaneChange.resume.state == .running)
        #expect(LaneChange.cancel.state == .cancelling)
        #expect(LaneChange.rate(1).state == nil && LaneChange.fixEnd.state == nil)
        #expect(!LaneState.done.isActive && !LaneState.cancelled.isActive)
    }
}
