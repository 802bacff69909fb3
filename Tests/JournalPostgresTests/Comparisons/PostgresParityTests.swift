import Events
import Parity
import ParityBehaviour
import PostgresServer
import Synchronization
import TestSupport
import Testing

@testable import JournalPostgres

@Suite(.serialized) struct PostgresParityTests {
    private static let order = ParityOrder(
        window: ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 9)),
        providers: ["lago"],
        level: .full
    )

    @Test(arguments: ParityBehaviour.checks)
    func `keeps the promises of every storage of comparisons`(check: ParityCheck) async throws {
        try await check.run(on: PostgresParityFixture(journal: TestJournal()))
    }

    @Test func `two gateways never make one run`() async throws {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        for _ in 0..<2 {
            _ = try await first.comparisons.add(Self.order, for: "t", by: "c", at: Timestamp(milliseconds: 1))
        }
        let ids = [try await first.comparisons.next()?.id, try await second.comparisons.next()?.id]
        #expect(Set(ids.compactMap(\.self)).count == 2)
        #expect(try await first.comparisons.next()?.id == ids[0])
        let other = try #require(ids[1])
        await #expect(throws: ParityError.taken(other)) {
            try await first.comparisons.set(.failed, of: other, reason: nil, at: Timestamp(milliseconds: 1))
        }
        #expect(try await second.comparisons.run(other, at: Timestamp(milliseconds: 1))?.state == .queued)
        await first.close()
        await second.close()
    }

    @Test func `the run of a gateway that died continues at another, and the dead one writes nothing more`()
        async throws
    {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        let id = try await second.comparisons.add(Self.order, for: "t", by: "c", at: Timestamp(milliseconds: 1)).id
        #expect(try await first.comparisons.next()?.id == id)
        try await first.comparisons.plan([Self.order.window], events: 1, [], for: id)
        #expect(try await second.comparisons.next() == nil)
        let node = try #require(first.ledger.keeper.node)
        try await journal.server.run("DELETE FROM nodes WHERE node = \(node)", schema: journal.schema)
        try await waitUntil("the other gateway has the run") { try await second.comparisons.next()?.id == id }
        await #expect(throws: ParityError.taken(id)) {
            try await first.comparisons.save(
                ["lago": WindowRecord(calls: 1)],
                of: Self.order.window,
                state: .settled,
                for: id
            )
        }
        #expect(try await second.comparisons.windows(.open, of: id, limit: 9) == [Self.order.window])
        try await second.comparisons.save(
            ["lago": WindowRecord(calls: 1)],
            of: Self.order.window,
            state: .settled,
            for: id
        )
        #expect(try await second.comparisons.run(id, at: Timestamp(milliseconds: 1))?.reports[0].calls == 1)
        await first.close()
        await second.close()
    }
}

/// Comparisons in a schema of their own. A restart is a gateway that ends and another one that begins.
private final class PostgresParityFixture: ParityFixture {
    private let journal: TestJournal
    private let store = Mutex<PostgresEventStore?>(nil)

    init(journal: TestJournal) {
        self.journal = journal
    }

    func open() async throws -> any ParityStorage {
        let new = try await journal.open()
        store.withLock { $0 = new }
        return new.comparisons
    }

    func restart(_ storage: any ParityStorage) async throws -> any ParityStorage {
        try await close(storage)
        return try await open()
    }

    func close(_ storage: any ParityStorage) async throws {
        await store.withLock { $0 }?.close()
    }
}
