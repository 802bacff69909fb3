import Events
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// How events are read from chunks: from the cache, from rows, and beside damaged ones.
@Suite struct JournalReaderTests {
    /// Chunks 1 to 5, 6 to 10, 21 to 25 and 26 to 30; those from 6 to 10 are for polar.
    private static func journal(cacheBytes: Int = 0) throws -> MemoryJournal {
        let journal = try MemoryJournal(cacheBytes: cacheBytes)
        for first in [1, 6, 21, 26] as [Int64] {
            try journal.append(first...(first + 4), plan: first == 6 ? MemoryJournal.polar : MemoryJournal.lago)
        }
        return journal
    }

    private static let wide = BlockLimit(events: 1000, bytes: 1 << 30)

    // MARK: Single events

    @Test(arguments: [0, 1 << 20])
    func `finds the events that are there, and leaves out the others`(cacheBytes: Int) throws {
        let journal = try Self.journal(cacheBytes: cacheBytes)
        let wanted: [Int64] = [0, 1, 5, 6, 11, 20, 21, 30, 31, .max]
        for _ in 0..<2 {
            let found = try journal.read { try journal.reader.events(at: wanted, in: $0) }
            #expect(found.keys.sorted() == [1, 5, 6, 21, 30])
            #expect(found.allSatisfy { $0.value.event.id == EventID("event-\($0.key)") && $0.value.size > 0 })
            let chosen = try journal.read { try journal.reader.chosenEvents(at: wanted, limitBytes: .max, in: $0) }
            #expect(chosen?.keys.sorted() == [1, 5, 6, 21, 30])
        }
    }

    @Test func `remembers the chunks that it reads, but not those of chosen events`() throws {
        let journal = try Self.journal(cacheBytes: 1 << 20)
        let reader = journal.reader
        _ = try journal.read { try reader.chosenEvents(at: [1, 2, 22], limitBytes: .max, in: $0) }
        #expect(reader.cachedEvents(at: [1]) == nil)
        _ = try journal.read { try reader.events(at: [2], in: $0) }
        #expect(reader.cachedEvents(at: [1, 5])?.keys.sorted() == [1, 5])
        #expect(reader.cachedEvents(at: [1, 22]) == nil, "all, or none")
        #expect(reader.cachedEvents(at: [])?.isEmpty == true)
    }

    /// Each of these events has more than 20 bytes, wherever it comes from.
    @Test(
        arguments: [(0, 1, true), (0, 2, false), (20, 2, false), (.max, 10, true), (0, 0, true)] as [(Int, Int, Bool)]
    )
    func `refuses more than so many bytes, but never a single event`(limit: Int, count: Int, isRead: Bool) throws {
        for cacheBytes in [0, 1 << 20] {
            let journal = try Self.journal(cacheBytes: cacheBytes)
            if cacheBytes > 0 { _ = try journal.read { try journal.reader.events(at: [1, 6], in: $0) } }
            let wanted = (1...10 as ClosedRange<Int64>).prefix(count)
            let found = try journal.read {
                try journal.reader.chosenEvents(at: Array(wanted), limitBytes: limit, in: $0)
            }
            #expect((found != nil) == isRead && (found?.count ?? count) == count, "cache of \(cacheBytes)")
        }
    }

    @Test func `notes a damaged chunk once, and reads on behind it`() throws {
        let journal = try Self.journal()
        try journal.spoil(6)
        for _ in 0..<2 {
            let found = try journal.read { try journal.reader.events(at: [5, 6, 7, 21], in: $0) }
            #expect(found.keys.sorted() == [5, 21])
            let chosen = try journal.read {
                try journal.reader.chosenEvents(at: [5, 6, 7, 21], limitBytes: .max, in: $0)
            }
            #expect(chosen?.keys.sorted() == [5, 21])
        }
        let damage = ChunkDamage(first: 6, last: 10, reason: "the chunk ends too early")
        #expect(journal.damage.all == [damage] && journal.damage.unsaved == [damage])
        journal.damage.saved([damage])
        #expect(journal.damage.all == [damage] && journal.damage.unsaved.isEmpty)
    }

    @Test func `knows which numbers have an event, readable or not`() throws {
        let journal = try Self.journal()
        try journal.spoil(21)
        let known = try journal.read { db in
            try (Int64(0)...31).filter { try JournalReader.hasEvent($0, in: db) }
        }
        #expect(known == Array(1...10) + Array(21...30))
    }

    // MARK: Stretches

    private func stretch(
        _ journal: MemoryJournal,
        after position: Int64,
        through newest: Int64 = 30,
        of provider: ProviderName = "lago",
        _ limit: BlockLimit = Self.wide
    ) throws -> Stretch {
        let number = try #require(journal.names.number(of: provider))
        return try journal.read {
            try journal.reader.stretch(after: position, through: newest, for: number, limit: limit, in: $0)
        }
    }

    @Test func `a stretch has the chunks of its provider, and passes over the others`() throws {
        let journal = try Self.journal()
        let lago = try stretch(journal, after: 0)
        #expect(lago.chunks.map(\.first) == [1, 21, 26] && lago.end == 30 && lago.damagedEvents == 0)
        let polar = try stretch(journal, after: 0, of: "polar")
        #expect(polar.chunks.map(\.first) == [6] && polar.end == 30)
        // The chunk in which the walk stands is needed still.
        #expect(try stretch(journal, after: 3).chunks.map(\.first) == [1, 21, 26])
        #expect(try stretch(journal, after: 5).chunks.map(\.first) == [21, 26])
        let behind = try stretch(journal, after: 30)
        #expect(behind.chunks.isEmpty && behind.end == 30)
    }

    @Test(
        arguments: [(1, [1], 5), (5, [1], 5), (6, [1, 21], 25), (10, [1, 21], 25), (11, [1, 21, 26], 30)]
            as [(Int, [Int64], Int64)]
    )
    func `a stretch ends with the chunk that has enough events`(events: Int, firsts: [Int64], end: Int64) throws {
        let stretch = try stretch(Self.journal(), after: 0, BlockLimit(events: events, bytes: 1 << 30))
        #expect(stretch.chunks.map(\.first.rawValue) == firsts && stretch.end == end)
    }

    @Test func `a stretch ends with the chunk that has enough bytes, and at the newest event`() throws {
        let stretch = try stretch(Self.journal(), after: 0, BlockLimit(events: 1000, bytes: 1))
        #expect(stretch.chunks.map(\.first) == [1] && stretch.end == 5)
        // What is committed while the stretch is read is left for the next one.
        let early = try self.stretch(Self.journal(), after: 0, through: 25)
        #expect(early.chunks.map(\.first) == [1, 21] && early.end == 25)
    }

    @Test func `a stretch ends before a damaged chunk, or is nothing but that`() throws {
        let journal = try Self.journal()
        try journal.spoil(21)
        let before = try stretch(journal, after: 0)
        #expect(before.chunks.map(\.first) == [1] && before.end == 10 && before.damagedEvents == 0)
        let damaged = try stretch(journal, after: before.end)
        #expect(damaged.chunks.isEmpty && damaged.end == 25 && damaged.damagedEvents == 5)
        #expect(try stretch(journal, after: damaged.end).chunks.map(\.first) == [26])
        // It does not concern a provider that has nothing in it.
        #expect(try stretch(journal, after: 10, of: "polar").end == 30)
    }

    @Test func `a stretch from the cache begins where it is asked for, without a gap`() throws {
        let journal = try Self.journal(cacheBytes: 1 << 20)
        let reader = journal.reader
        #expect(reader.cachedStretch(after: 0, through: 30, limit: Self.wide) == nil)
        _ = try journal.read { try reader.events(at: [1, 6, 26], in: $0) }
        let first = try #require(reader.cachedStretch(after: 2, through: 30, limit: Self.wide))
        #expect(first.chunks.map(\.first) == [1, 6] && first.end == 10)
        #expect(reader.cachedStretch(after: 10, through: 30, limit: Self.wide) == nil)
        let few = reader.cachedStretch(after: 2, through: 30, limit: BlockLimit(events: 3, bytes: 1))
        #expect(few?.end == 5, "three events are left of the first chunk")
        #expect(reader.cachedStretch(after: 5, through: 5, limit: Self.wide) == nil)
    }

    @Test func `finds the first event of a provider that is not settled`() throws {
        let journal = try Self.journal()
        let number = try #require(journal.names.number(of: "lago"))
        func first(after position: Int64, through newest: Int64 = 30, settled: Set<Int64> = []) throws -> Int64? {
            try journal.read { db in
                try journal.reader.firstEvent(after: position, through: newest, for: number, in: db) {
                    settled.contains($0)
                }
            }
        }
        #expect(try first(after: 0) == 1 && first(after: 4) == 5 && first(after: 5) == 21 && first(after: 30) == nil)
        #expect(try first(after: 4, settled: [5, 21, 22]) == 23)
        #expect(try first(after: 0, settled: Set(1...30)) == nil)
        try journal.spoil(1)
        #expect(try first(after: 0) == 21)
    }
}
