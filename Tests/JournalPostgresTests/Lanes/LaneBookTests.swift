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
        // What was read begins with the first event, or behind it.
        func isKept() -> Bool {
            [0, sequence.rawValue].contains { position in
                store.ledger.lanes.prepared(SlotWalk(slot: slot, position: position, end: .max), of: account) != nil
            }
        }
        // What was given back comes first, and is not read anew.
        func rest(of claimed: [SequenceNumber], under lease: AccountLease) async throws -> [SequenceNumber] {
            var claimed = claimed
            while claimed.count < 2 {
                let block = try await store.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20))
                claimed += try #require(block).deliveries.map(\.sequence)
            }
            return claimed
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
        #expect(try await store.append(AppendRequest(events: [TestJournal.event("b")], policy: .each)).count == 1)
        let (second, again) = try await claim()
        #expect(try await rest(of: again, under: second).first == unsent.first && isKept())
        store.ledger.desk.buried(try #require(store.ledger.keeper.node))
        #expect(await store.waitForEnd(of: second) == .lost)
        #expect(!isKept())
        let (third, sent) = try await claim()
        let all = try await rest(of: sent, under: third)
        #expect(isKept())
        let attempt = Attempt(at: Self.now, latency: .zero, httpStatus: 200, status: .delivered)
        let run = DeliveredRun(sequences: all, attempt: attempt)
        try await store.settle(Settlement(provider: third.provider, delivered: [run]), under: third)
        guard case .changed = try await store.change(lane.number, .fixEnd, by: "operator", at: Self.now),
            case .changed(let ended) = try await store.end(lane.number, under: third, at: Self.now)
        else {
            Issue.record("all of it is delivered")
            return
        }
        #expect(ended.state == .done && !isKept())
        await store.close()
    }
}
