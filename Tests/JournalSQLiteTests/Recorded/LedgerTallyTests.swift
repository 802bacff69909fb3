import Events
import Foundation
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// How the deliveries of a stretch are counted. That the counts agree with a look at each delivery is in the behaviour suite.
@Suite struct LedgerTallyTests {
    private static let day: Int64 = 86_400_000

    private func counts(_ journal: MemoryJournal, of chunks: [(first: Int64, content: [UInt8])]) throws -> LedgerCounts
    {
        try journal.read { db in
            var tally = LedgerTally(names: journal.names.current, db: db)
            for (first, content) in chunks {
                let keys = try Chunk.keys(content)
                for (offset, event) in keys.events.enumerated() {
                    try tally.add(event, at: first + Int64(offset), of: keys)
                }
            }
            return tally.counts()
        }
    }

    private func key(_ provider: ProviderName, _ name: String, day: Int64) -> LedgerCounts.Key {
        LedgerCounts.Key(provider: provider, name: name, day: Timestamp(milliseconds: day * Self.day))
    }

    @Test func `a day begins at midnight UTC, before 1970 as well`() throws {
        let journal = try MemoryJournal()
        let times: [Int64] = [-Self.day - 1, -Self.day, -1, 0, Self.day - 1, Self.day]
        let events = times.enumerated().map { MemoryJournal.event($0, occurred: $1) }
        let counts = try counts(journal, of: [(1, try journal.append(events, first: 1))])
        #expect(counts.events == 6)
        #expect(
            counts.cells.mapValues(\.planned) == [
                key("lago", "api", day: -2): 1, key("lago", "api", day: -1): 2, key("lago", "api", day: 0): 2,
                key("lago", "api", day: 1): 1,
            ]
        )
    }

    @Test func `the first and the last day that a timestamp can have are days as all others`() throws {
        let journal = try MemoryJournal()
        let events = [Int64.min, .max].enumerated().map { MemoryJournal.event($0, occurred: $1) }
        let counts = try counts(journal, of: [(1, try journal.append(events, first: 1))])
        let days = counts.cells.keys.compactMap(\.day?.rfc3339).sorted()
        #expect(days == ["0000-01-01T00:00:00.000Z", "9999-12-31T00:00:00.000Z"])
    }

    /// A frame as no gateway writes it, in a chunk whose checksum is right: `ff…01` is the smallest of all numbers, `fe…01` the largest.
    @Test(arguments: [(UInt8(0xFF), "0000-01-01T00:00:00.000Z"), (0xFE, "9999-12-31T00:00:00.000Z")])
    func `a timestamp that no event can have counts as the nearest that one can have`(first: UInt8, day: String) throws
    {
        let journal = try MemoryJournal()
        try journal.append([MemoryJournal.event(1)], first: 1)
        let number = [first] + [UInt8](repeating: 0xFF, count: 8) + [1]
        let body: [UInt8] = [0, 1, 1, 1, 0x65, 1, 0x6E] + number + [0]
        let frame = withUnsafeBytes(of: UInt32(body.count).littleEndian, Array.init) + body
        var builder = ChunkBuilder(first: 2, capacity: frame.count)
        builder.append(frame[...], count: 1)
        let content = builder.finish()
        let event = try #require(try Chunk.read(content, names: journal.names.current).events.first)
        let timestamp = try Chunk.keys(content).events.first?.timestamp
        #expect(timestamp == event.timestamp.milliseconds)
        #expect(try counts(journal, of: [(2, content)]).cells.keys.map(\.day?.rfc3339) == [day])
    }

    @Test func `counts each delivery by its state, and the events of several plans apart`() throws {
        let journal = try MemoryJournal()
        let events = (1...8).map { MemoryJournal.event($0, plan: $0 < 7 ? MemoryJournal.both : MemoryJournal.polar) }
        let content = try journal.append(events, first: 1)
        try journal.addRun(1...4, 1)
        try journal.addRow(2, 1, .rejected, code: .invalidEvent)
        try journal.addRow(3, 1, .retrying, due: 1)
        try journal.addRow(5, 1, .uncertain)
        try journal.addRun(7...8, 2, isSkipped: true)
        try journal.addRow(1, 2, .discarded)
        let cells = try counts(journal, of: [(1, content)]).cells
        let lago = try #require(cells[key("lago", "api", day: 0)])
        #expect(lago.planned == 6 && lago.delivered == 2 && lago.rejected == 1 && lago.waiting == 2)
        #expect(lago.uncertain == 1 && lago.byLane == 0)
        let polar = try #require(cells[key("polar", "api", day: 0)])
        #expect(polar.planned == 8 && polar.skipped == 2 && polar.discarded == 1 && polar.waiting == 5)
    }

    @Test func `counts what lanes have an outcome for besides, under the lane's provider`() throws {
        let journal = try MemoryJournal()
        let content = try journal.append((1...6).map { MemoryJournal.event($0) }, first: 1)
        let lane = journal.addLane(1, of: "polar")
        try journal.addRun(1...5, lane.number, members: [1, 3, 5])
        try journal.addRow(6, lane.number, .rejected, code: .invalidEvent)
        let cells = try counts(journal, of: [(1, content)]).cells
        let polar = try #require(cells[key("polar", "api", day: 0)])
        #expect(polar.planned == 4 && polar.byLane == 4 && polar.delivered == 3 && polar.rejected == 1)
        #expect(cells[key("lago", "api", day: 0)]?.waiting == 6)
    }

    @Test func `an event without a provider is counted, and has no cell`() throws {
        let journal = try MemoryJournal()
        let plan = Plan(route: nil, destinations: [])
        let content = try journal.append([MemoryJournal.event(1, plan: plan)], first: 1)
        let counts = try counts(journal, of: [(1, content)])
        #expect(counts.events == 1 && counts.cells.isEmpty)
    }

    @Test func `leaves canaries out, whatever became of them`() throws {
        let journal = try MemoryJournal()
        let canaries = Plan(route: nil, destinations: MemoryJournal.lago.destinations.map(\.forCanaries))
        let events = [MemoryJournal.event(1), MemoryJournal.event(2, plan: canaries), MemoryJournal.event(3)]
        let content = try journal.append(events, first: 1)
        try journal.addRun(1...3, 1)
        let counts = try counts(journal, of: [(1, content)])
        #expect(counts.events == 2 && counts.cells.values.map(\.delivered) == [2])
    }

    /// Of segments, the names are numbered separately in each; of chunks, each name has one number.
    @Test func `joins the names of several segments and chunks`() throws {
        let journal = try MemoryJournal()
        let first = try journal.append((1...3).map { MemoryJournal.event($0, name: "n\($0)") }, first: 1)
        let second = try journal.append((4...5).map { MemoryJournal.event($0, name: "n\($0 - 2)") }, first: 4)
        let third = try journal.append([MemoryJournal.event(6, name: "n3")], first: 6)
        let names = journal.names.current
        let counts = try journal.read { db in
            var tally = LedgerTally(names: names, db: db)
            for (content, range) in [(first, 1...3), (second, 4...5)] as [([UInt8], ClosedRange<Int64>)] {
                let columns = try SampleSegment.make([content], covering: range, names).open()
                let rows = IndexedRows(columns: columns, rows: .all(range.count), sequences: try columns.sequences())
                try tally.add(rows, within: range, besides: SequenceRanges())
            }
            let keys = try Chunk.keys(third)
            try tally.add(keys.events[0], at: 6, of: keys)
            return tally.counts()
        }
        #expect(counts.events == 6)
        let planned = counts.cells.mapValues(\.planned)
        #expect(
            planned == [
                key("lago", "n1", day: 0): 1, key("lago", "n2", day: 0): 2, key("lago", "n3", day: 0): 3,
            ]
        )
    }

    @Test func `leaves out rows outside of the range, and those that retention has removed since`() throws {
        let journal = try MemoryJournal()
        let content = try journal.append((1...9).map { MemoryJournal.event($0) }, first: 1)
        let columns = try SampleSegment.make([content], covering: 1...9, journal.names.current).open()
        let rows = IndexedRows(columns: columns, rows: .all(9), sequences: try columns.sequences())
        var removed = SequenceRanges()
        removed.insert(4...5)
        let counted = try journal.read { db in
            var tally = LedgerTally(names: journal.names.current, db: db)
            try tally.add(rows, within: 3...8, besides: removed)
            return tally.counts().events
        }
        #expect(counted == 4)
    }
}
