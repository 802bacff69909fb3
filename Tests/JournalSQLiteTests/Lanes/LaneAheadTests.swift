import Events
import Journal
import JournalFormat
import Synchronization
import TestSupport
import Testing

@testable import JournalSQLite

/// What a backfill reads before it is asked for.
@Suite struct LaneAheadTests {
    /// Takes everything, and counts what it was asked.
    private final class Counting: LaneMembership {
        let asked = Atomic(0)

        func destination(for event: AcceptedEvent) -> Destination? {
            asked.add(1, ordering: .relaxed)
            return Destination(provider: "polar", adapter: "polar", mode: .mirror)
        }
    }

    private static let events = 10_000

    private func with(_ body: (SQLiteEventStore, AccountLease, Counting) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            // Several chunks a piece.
            for first in stride(from: 1, to: Self.events, by: 500) {
                _ = try await SampleStore.append(first...(first + 499), to: store)
            }
            let new = NewLane(
                provider: "polar",
                adapter: "polar",
                filter: LaneFilter(),
                routes: Array("routes".utf8),
                rate: 50,
                by: "operator",
                at: Timestamp(milliseconds: 1_750_000_000_000)
            )
            guard case .started(let lane) = try await store.start(new) else {
                Issue.record("the lane was not started")
                return
            }
            let membership = Counting()
            try await body(store, try await store.lease(lane.number, taking: membership), membership)
            await store.close()
        }
    }

    private func claim(_ count: Int, _ store: SQLiteEventStore, _ lease: AccountLease) async throws -> [Int64] {
        let block = try await store.claimBlock(under: lease, limit: BlockLimit(events: count, bytes: 1 << 30))
        return block?.deliveries.map(\.sequence.rawValue) ?? []
    }

    private func entry(_ store: SQLiteEventStore, _ lease: AccountLease) throws -> LaneBook.Entry {
        try #require(store.parts.lanes.entry(of: lease.provider))
    }

    @Test func `the next piece is read while this one is delivered, and not again when it is claimed`() async throws {
        try await with { store, lease, membership in
            #expect(try await claim(10, store, lease) == Array(1...10))
            let first = try entry(store, lease)
            let piece = try #require(first.prepared)
            let next = try #require(first.next)
            #expect(next.start == piece.stretch.end && piece.stretch.end < Int64(Self.events))
            let ahead = try #require(await next.read.value)
            #expect(ahead.start == next.start && ahead.stretch.end > ahead.start)
            // Both pieces are read, and nothing behind them: that begins with the first claim of the second.
            let asked = membership.asked.load(ordering: .relaxed)
            #expect(asked == piece.ownEvents + ahead.ownEvents)
            let rest = try await claim(piece.ownEvents, store, lease)
            #expect(rest == Array(11...piece.stretch.end))
            #expect(membership.asked.load(ordering: .relaxed) == asked)
            #expect(try await claim(1, store, lease) == [ahead.start + 1])
            let second = try entry(store, lease)
            #expect(second.prepared?.start == ahead.start)
            _ = await second.next?.read.value
            #expect(membership.asked.load(ordering: .relaxed) == Self.events)
        }
    }

    @Test func `what was read ahead is forgotten by another lease, and every event is claimed once`() async throws {
        try await with { store, lease, membership in
            #expect(try await claim(10, store, lease) == Array(1...10))
            let other = try await store.lease(lease.lane(in: store), taking: membership)
            #expect(try entry(store, other).next == nil)
            var claimed: [Int64] = []
            while case let block = try await claim(777, store, other), !block.isEmpty { claimed += block }
            #expect(claimed.sorted() == Array(1...Int64(Self.events)))
            #expect(try entry(store, other).next == nil)
        }
    }
}

extension AccountLease {
    fileprivate func lane(in store: SQLiteEventStore) throws -> LaneNumber {
        try #require(store.parts.lanes.entry(of: provider)).account.lane
    }
}
