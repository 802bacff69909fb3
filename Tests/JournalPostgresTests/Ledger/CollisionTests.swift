import Events
import Journal
import PostgresServer
import Randomness
import Synchronization
import TestSupport
import Testing

@testable import JournalPostgres

/// Whether each of two has done something.
private final class Begun: Sendable {
    private let state = Mutex((discarded: false, sent: false))

    var hasDiscarded: Bool { state.withLock { $0.discarded } }
    var hasSent: Bool { state.withLock { $0.sent } }

    func discard() { state.withLock { $0.discarded = true } }
    func send() { state.withLock { $0.sent = true } }
}

/// What two gateways do at the same time to the same things.
@Suite struct CollisionTests {
    private static let attempt = Attempt(
        at: Timestamp(milliseconds: 1),
        latency: .zero,
        httpStatus: 200,
        status: .delivered
    )

    @Test(arguments: 1...3)
    func `a person's decision never changes what is claimed, whichever gateway carries it out`(seed: UInt64)
        async throws
    {
        let journal = try await TestJournal()
        let (owner, other) = (try await journal.open(), try await journal.open())
        let due = Timestamp(milliseconds: 1_750_000_000_000)
        let lease = try await Self.waitingRetries(200, due: due, in: owner)
        // However slow the machine, each does something before the other is through.
        let begun = Begun()
        async let discarded = Self.discardOneByOne(200, in: other, at: due, seed: seed, begun)
        try await waitUntil("something is discarded") { begun.hasDiscarded }
        var random = SplitMix(seed: seed)
        var sent: Set<SequenceNumber> = []
        while true {
            let limit = BlockLimit(events: Int.random(in: 1...9, using: &random), bytes: 1 << 20)
            let claimed = try await owner.claimDue(under: lease, at: due, limit: limit).map(\.sequence)
            if claimed.isEmpty, owner.nextDue(for: "lago") == nil { break }
            #expect(sent.isDisjoint(with: claimed))
            sent.formUnion(claimed)
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...2, using: &random)))
            let rows = claimed.map { SettledDelivery(sequence: $0, status: .delivered, newAttempts: [Self.attempt]) }
            try await owner.settle(Settlement(provider: "lago", exceptions: rows), under: lease)
            begun.send()
        }
        let count = try await discarded
        #expect(count + sent.count == 200, "each is sent or discarded, and none both")
        #expect(count > 0 && !sent.isEmpty, "the test does what it says")
        let states = try await journal.server.run(
            "SELECT status, count(*) FROM deliveries GROUP BY 1 ORDER BY 1",
            schema: journal.schema
        )
        let expected = [("delivered", sent.count), ("discarded", count)].filter { $0.1 > 0 }.map { "\($0.0)|\($0.1)" }
        #expect(states == expected)
        await owner.close()
        await other.close()
    }

    /// - Returns: how many were changed.
    private static func discardOneByOne(
        _ count: Int,
        in store: PostgresEventStore,
        at due: Timestamp,
        seed: UInt64,
        _ begun: Begun
    ) async throws -> Int {
        var (random, changed) = (SplitMix(seed: seed + 100), 0)
        for event in (0..<count).shuffled(using: &random) {
            let filter = DeliveryFilter(tenant: "shop", statuses: [.retrying], eventIDs: [EventID("\(event)")])
            let decision = DeliveryRevision(action: .discard, filter: filter, by: "operator", at: due)
            changed += try await store.revise(decision).changed
            guard changed > 0 else { continue }
            begun.discard()
            try await waitUntil("something is sent") { begun.hasSent }
        }
        return changed
    }

    /// Events whose deliveries wait for another try.
    private static func waitingRetries(_ count: Int, due: Timestamp, in store: PostgresEventStore) async throws
        -> AccountLease
    {
        let events = (0..<count).map { TestJournal.event("\($0)") }
        _ = try await store.append(AppendRequest(events: events, policy: .each))
        let lease = try await store.lease("lago")
        let limit = BlockLimit(events: count, bytes: 1 << 30)
        while let block = try await store.claimBlock(under: lease, limit: limit) {
            let rows = block.deliveries.map {
                SettledDelivery(sequence: $0.sequence, status: .retrying, nextAttemptAt: due)
            }
            try await store.settle(Settlement(provider: "lago", exceptions: rows), under: lease)
        }
        return lease
    }

    @Test func `an event is stored once, whenever the gateway that takes it is buried`() async throws {
        let journal = try await TestJournal { settings in
            settings.lease = .seconds(60)
            settings.outagePatience = .seconds(600)
        }
        let stores = [try await journal.open(), try await journal.open()]
        let numbers = try await withThrowingTaskGroup(of: [(String, SequenceNumber)].self) { group in
            for (index, store) in stores.enumerated() {
                group.addTask {
                    var numbers: [(String, SequenceNumber)] = []
                    for event in 0..<60 {
                        // Half of the ids come to both gateways.
                        let id = event % 2 == 0 ? "both-\(event)" : "\(index)-\(event)"
                        let request = AppendRequest(events: [TestJournal.event(id)], policy: .each)
                        switch try await store.append(request)[0] {
                        case .stored(let number), .duplicate(let number, _): numbers.append((id, number))
                        case .conflict, .withheld: Issue.record("\(id) was refused")
                        }
                    }
                    return numbers
                }
            }
            group.addTask {
                let free = Statement.freeWhatTheBuriedHeld.map(\.text).joined(separator: "; ")
                for _ in 0..<8 {
                    try await Task.sleep(for: .milliseconds(40))
                    try await journal.server.run("DELETE FROM nodes; \(free)", schema: journal.schema)
                }
                return []
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let byID = Dictionary(grouping: numbers, by: \.0).mapValues { Set($0.map(\.1)) }
        #expect(byID.count == 90)
        #expect(byID.values.allSatisfy { $0.count == 1 }, "each id has one number")
        let stored = try await journal.server.run("SELECT sum(count) FROM chunks", schema: journal.schema)
        #expect(stored == ["90"])
        for store in stores { await store.close() }
    }
}
