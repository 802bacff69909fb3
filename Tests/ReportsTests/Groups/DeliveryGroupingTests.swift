import Events
import Journal
import JournalBehaviour
import JournalSQLite
import Logging
import TestSupport
import Testing

@testable import Reports

@Suite struct DeliveryGroupingTests {
    private static let count = 1500

    /// A store with so many dead letters of two names at one provider.
    private func withDeadLetters(_ body: (SQLiteEventStore) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let store = try SQLiteEventStore(opening: folder, logger: quiet)
            let plan = Plan(
                route: "r",
                destinations: [Destination(provider: "lago", adapter: "lago", mode: .primary)]
            )
            let events = (0..<Self.count).map { number in
                AcceptedEvent(
                    CanonicalEvent(name: number % 3 == 0 ? "a" : "b", customerID: "c"),
                    id: EventID("e\(number)"),
                    in: Submission(
                        tenant: "shop",
                        client: "web",
                        acceptedAt: Timestamp(milliseconds: Int64(number)),
                        plan: plan
                    )
                )
            }
            _ = try await store.append(AppendRequest(events: events, policy: .each))
            while let block = try await store.claimBlock(
                for: "lago",
                limit: BlockLimit(events: Self.count, bytes: 8 << 20)
            ) {
                let fault = DeliveryFault(code: .invalidEvent, message: "refused")
                let exceptions = block.deliveries.map {
                    SettledDelivery(sequence: $0.sequence, status: .rejected, fault: fault)
                }
                try await store.settle(Settlement(provider: "lago", exceptions: exceptions))
            }
            try await body(store)
            await store.close()
        }
    }

    /// A retry of a group takes its events by the bytes of their names.
    @Test func `groups names apart that are two forms of one text`() {
        let keys = ["caf\u{E9}", "cafe\u{301}"].map {
            DeliveryGroup.Key(provider: "lago", status: .rejected, errorCode: .invalidEvent, name: $0)
        }
        #expect(keys[0] != keys[1] && Set(keys + keys).count == 2)
    }

    @Test func `counts over pages`() async throws {
        try await withDeadLetters { store in
            let grouping = DeliveryGrouping(store, patience: .seconds(3600))
            let groups = try await grouping.groups(matching: DeliveryFilter(tenant: "shop"))
            #expect(groups.groups.map(\.key.name) == ["b", "a"])
            #expect(groups.groups.map(\.count) == [1000, 500])
            #expect(groups.next == nil && groups.total == Self.count)
        }
    }

    @Test func `stops when its time is up, says how far it came, and continues from there`() async throws {
        try await withDeadLetters { store in
            let grouping = DeliveryGrouping(store, patience: .zero)
            let filter = DeliveryFilter(tenant: "shop", statuses: [.rejected])
            var (next, total, rounds) = (DeliveryCursor?.none, 0, 0)
            repeat {
                let groups = try await grouping.groups(matching: filter, after: next)
                total += groups.total
                next = groups.next
                rounds += 1
                #expect((groups.countedUntil == nil) == (next == nil))
                if rounds == 1 { #expect(groups.countedUntil == Timestamp(milliseconds: Int64(total - 1))) }
            } while next != nil
            #expect(total == Self.count && rounds > 1)
        }
    }
}
