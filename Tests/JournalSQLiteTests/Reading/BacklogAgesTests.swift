import Events
import Journal
import JournalBehaviour
import TestSupport
import Testing

@testable import JournalSQLite

/// The ages of a backlog that is larger than what one read looks at. The rest is in the behaviour suite of all stores.
@Suite struct BacklogAgesTests {
    private static let now = Timestamp(milliseconds: 1_750_000_000_000)

    private func store(_ store: SQLiteEventStore, _ ids: Range<Int>, age: Int64, plan: Plan = SampleStore.own)
        async throws
    {
        let events = ids.map { id in
            AcceptedEvent(
                CanonicalEvent(name: "n", customerID: "c"),
                id: EventID("\(id)"),
                in: Submission(tenant: "shop", client: "web", acceptedAt: Self.now + .seconds(-age), plan: plan)
            )
        }
        _ = try await store.append(AppendRequest(events: events, policy: .each))
    }

    @Test func `looks at the newest chunks, and says how many events it did not look at`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            for (index, age) in [100_000, 5000, 700, 30].enumerated() {
                try await self.store(store, index * 10..<index * 10 + index + 1, age: Int64(age))
            }
            let whole = try await store.backlogAges(of: "lago", at: Self.now)
            #expect(whole.counts == [4, 0, 3, 2, 1] && whole.uncounted == 0 && whole.events == 10)
            let part = try await store.backlogAges(of: "lago", at: Self.now, BacklogAgesRead.Limits(rows: 2))
            #expect(part.counts == [4, 0, 3, 0, 0] && part.uncounted == 3 && part.events == 10)
            await store.close()
        }
    }

    @Test func `counts what waits behind a chunk that retention has removed`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            let others = Plan(
                route: nil,
                destinations: [Destination(provider: "polar", adapter: "polar", mode: .primary)]
            )
            try await self.store(store, 0..<2, age: 100_000)
            try await self.store(store, 2..<4, age: 100_000, plan: others)
            try await self.store(store, 4..<5, age: 100_000)
            // The walk ends with the first chunk, which a rejected event keeps there.
            let fault = DeliveryFault(code: .invalidEvent, message: "no")
            let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 2, bytes: 1 << 20))
            let rejected = try #require(block).deliveries.map { delivery in
                SettledDelivery(sequence: delivery.sequence, status: .rejected, fault: fault)
            }
            try #require(rejected.count == 2)
            try await store.settle(Settlement(provider: "lago", exceptions: rejected))
            let other = try await store.claimBlock(for: "polar", limit: BlockLimit(events: 2, bytes: 1 << 20))
            let run = DeliveredRun(
                sequences: try #require(other).deliveries.map(\.sequence),
                attempt: Attempt(at: Self.now, latency: .zero, httpStatus: 200, status: .delivered)
            )
            try await store.settle(Settlement(provider: "polar", delivered: [run]))
            #expect(try await store.removeSettled(acceptedBefore: Self.now) == 2)

            let ages = try await store.backlogAges(of: "lago", at: Self.now)
            #expect(ages.counts == [0, 0, 0, 0, 1] && ages.uncounted == 0)
            await store.close()
        }
    }

    @Test func `looks at the newest retries, and into few chunks of which some events are settled`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            let both = Plan(
                route: nil,
                destinations: ["lago", "polar"].map { Destination(provider: $0, adapter: "lago", mode: .mirror) }
            )
            try await self.store(store, 0..<4, age: 100_000)
            try await self.store(store, 4..<8, age: 30, plan: both)
            let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 5, bytes: 1 << 20))
            let sequences = try #require(block).deliveries.map(\.sequence)
            for sequence in sequences {
                let retried = SettledDelivery(
                    sequence: sequence,
                    status: .retrying,
                    nextAttemptAt: Self.now,
                    fault: DeliveryFault(code: .timeout, message: "late")
                )
                try await store.settle(Settlement(provider: "lago", exceptions: [retried]))
            }
            let whole = try await store.backlogAges(of: "lago", at: Self.now)
            #expect(whole.counts == [4, 0, 0, 0, 4] && whole.uncounted == 0)
            let few = try await store.backlogAges(of: "lago", at: Self.now, BacklogAgesRead.Limits(retries: 2))
            #expect(few.counts == [4, 0, 0, 0, 1] && few.uncounted == 3)
            await store.close()
        }
    }
}
