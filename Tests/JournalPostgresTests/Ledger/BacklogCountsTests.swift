import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct BacklogCountsTests {
    /// Stores chunks of two events each.
    private static func append(_ chunks: Range<Int>, to store: PostgresEventStore) async throws {
        for chunk in chunks {
            let events = (0..<2).map { TestJournal.event("\(chunk)-\($0)") }
            _ = try await store.append(AppendRequest(events: events, policy: .each))
        }
    }

    private static func count(_ counts: BacklogCounts, in store: PostgresEventStore) async throws -> Int64 {
        let account = try #require(try await store.knownAccount(of: "lago"))
        return try await store.read(on: store.parts.counts) { (session) throws(PostgresFailure) in
            try counts.untried(of: account, session)
        }
    }

    /// - Returns: the last event.
    private static func deliver(_ events: Int, under lease: AccountLease, _ store: PostgresEventStore) async throws
        -> Int64
    {
        var (rest, last): (Int, Int64?) = (events, nil)
        // A block may have fewer events than are asked for.
        while rest > 0 {
            let limit = BlockLimit(events: rest, bytes: 1 << 20)
            let block = try #require(try await store.claimBlock(under: lease, limit: limit))
            let attempt = Attempt(at: Timestamp(milliseconds: 1), latency: .zero, httpStatus: 200, status: .delivered)
            let run = DeliveredRun(sequences: block.deliveries.map(\.sequence), attempt: attempt)
            try await store.settle(Settlement(provider: "lago", delivered: [run]), under: lease)
            rest -= block.deliveries.count
            last = try #require(block.deliveries.last).sequence.rawValue
        }
        return try #require(last)
    }

    /// Counts by what is remembered, anew, and at once.
    private static func counts(_ counts: BacklogCounts, in store: PostgresEventStore) async throws -> Set<Int64> {
        [
            try await count(counts, in: store), try await count(BacklogCounts(chunksPerStatement: 2), in: store),
            try await count(BacklogCounts(), in: store),
        ]
    }

    @Test func `a backlog of more chunks than one statement counts is counted as it grows and shrinks`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let counts = BacklogCounts(chunksPerStatement: 2)
        try await Self.append(0..<7, to: store)
        #expect(try await Self.count(counts, in: store) == 14)
        #expect(counts.stretchCount == 2, "two chunks are counted at once, four in full stretches, and one behind them")
        try await Self.append(7..<10, to: store)
        #expect(try await Self.count(counts, in: store) == 20)
        let lease = try await store.lease("lago")
        var waiting: Int64 = 20
        // Within a chunk as well as over the ends of stretches.
        for events in [1, 4, 3, 5, 6] {
            let last = try await Self.deliver(events, under: lease, store)
            waiting -= Int64(events)
            #expect(try await Self.counts(counts, in: store) == [waiting])
            // Cursors are written down from time to time.
            try await journal.server.run(
                """
                INSERT INTO cursors(account, slot, place)
                SELECT number, \(SlotNumbers.slot(of: last)), \(last) FROM accounts WHERE name = 'lago'
                ON CONFLICT (account, slot) DO UPDATE SET place = excluded.place
                """,
                schema: journal.schema
            )
            #expect(try await Self.counts(counts, in: store) == [waiting])
        }
        #expect(waiting == 1 && counts.stretchCount == 0)
        await store.close()
    }

    @Test func `what was counted is not counted again until it is forgotten`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let counts = BacklogCounts(chunksPerStatement: 2)
        try await Self.append(0..<7, to: store)
        #expect(try await Self.count(counts, in: store) == 14)
        try await journal.removeChunks(where: "first = (SELECT first FROM chunks ORDER BY first LIMIT 1 OFFSET 3)")
        #expect(try await Self.count(counts, in: store) == 14)
        counts.forget()
        #expect(try await Self.count(counts, in: store) == 12)
        await store.close()
    }

    @Test func `what was counted is counted again after retention has run, and while it runs`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let node = try #require(store.ledger.keeper.node)
        let counts = BacklogCounts(chunksPerStatement: 2)
        try await Self.append(0..<7, to: store)
        #expect(try await Self.count(counts, in: store) == 14)
        try await journal.removeChunks(where: "first = (SELECT first FROM chunks ORDER BY first LIMIT 1 OFFSET 3)")
        #expect(try await Self.count(counts, in: store) == 14)
        let duty = try #require(try await store.retentionDuty(for: node))
        #expect(try await Self.count(counts, in: store) == 12)
        #expect(counts.stretchCount == 0, "the next one may be removed now")
        try await duty.giveBack()
        #expect(try await Self.count(counts, in: store) == 12)
        #expect(counts.stretchCount == 2, "two chunks are counted at once, and four in full stretches")
        _ = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 0))
        try await journal.removeChunks(where: "first = (SELECT first FROM chunks ORDER BY first LIMIT 1 OFFSET 3)")
        #expect(try await Self.count(counts, in: store) == 10)
        await store.close()
    }

    @Test func `remembers a limited number of stretches, which are all that there are`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let counts = BacklogCounts(chunksPerStatement: 1, mostStretches: 3)
        for chunks in [0..<4, 4..<9, 9..<12] {
            try await Self.append(chunks, to: store)
            #expect(try await Self.count(counts, in: store) == Int64(2 * chunks.upperBound))
            #expect((1...3).contains(counts.stretchCount))
        }
        await store.close()
    }

    @Test func `a damaged chunk does not wait, wherever it is`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        try await Self.append(0..<6, to: store)
        let damaging = "INSERT INTO damage SELECT slot, first, first + 1, 'unreadable' FROM chunks ORDER BY first"
        for index in [0, 3, 5] {
            try await journal.server.run("\(damaging) LIMIT 1 OFFSET \(index)", schema: journal.schema)
        }
        #expect(try await Self.count(BacklogCounts(chunksPerStatement: 2), in: store) == 6)
        #expect(try await Self.count(BacklogCounts(), in: store) == 6)
        await store.close()
    }
}
