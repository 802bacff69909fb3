import Events
import Journal
import Testing

@testable import JournalPostgres

@Suite struct LaneBookTests {
    private struct Everything: LaneMembership {
        func destination(for event: AcceptedEvent) -> Destination? {
            Destination(provider: "polar", adapter: "polar", mode: .mirror)
        }
    }

    private static let now = Timestamp(milliseconds: 1_750_000_000_000)

    @Test func `what was read for a backfill is not kept behind its lease`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        guard
            case .stored(let sequence)? = try await store.append(
                AppendRequest(events: [TestJournal.event("a")], policy: .each)
            ).first
        else {
            Issue.record("it is new")
            return
        }
        let new = NewLane(
            provider: "polar",
            adapter: "polar",
            filter: LaneFilter(),
            routes: Array("routes".utf8),
            rate: 50,
            by: "operator",
            at: Self.now
        )
        guard case .started(let lane) = try await store.start(new) else {
            Issue.record("there is no other")
            return
        }
        let account = try await store.parts.names.number(of: Lane.account(of: lane.number, at: "polar"))
        let slot = SlotNumbers.slot(of: sequence.rawValue)
        func isKept(behind position: Int64 = 0) -> Bool {
            store.ledger.lanes.prepared(SlotWalk(slot: slot, position: position, end: .max), of: account) != nil
        }
        func claim() async throws -> (AccountLease, [SequenceNumber]) {
            let lease = try await store.lease(lane.number, taking: Everything())
            let block = try await store.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20))
            return (lease, try #require(block).deliveries.map(\.sequence))
        }
        let (first, unsent) = try await claim()
        #expect(isKept())
        try await store.giveBack(first, unsent: unsent)
        #expect(!isKept())
        let later = AppendRequest(events: [TestJournal.event("b")], policy: .each)
        #expect(try await store.append(later).count == 1)
        // What was given back comes first, and is not read anew.
        let (second, again) = try await claim()
        var sent = again
        while sent.count < 2 {
            let block = try await store.claimBlock(under: second, limit: BlockLimit(events: 9, bytes: 1 << 20))
            sent += try #require(block).deliveries.map(\.sequence)
        }
        #expect(sent.first == unsent.first && isKept(behind: sequence.rawValue))
        let attempt = Attempt(at: Self.now, latency: .zero, httpStatus: 200, status: .delivered)
        let run = DeliveredRun(sequences: sent, attempt: attempt)
        try await store.settle(Settlement(provider: second.provider, delivered: [run]), under: second)
        guard case .changed = try await store.change(lane.number, .fixEnd, by: "operator", at: Self.now),
            case .changed(let ended) = try await store.end(lane.number, under: second, at: Self.now)
        else {
            Issue.record("all of it is delivered")
            return
        }
        #expect(ended.state == .done && !isKept(behind: sequence.rawValue))
        await store.close()
    }
}
