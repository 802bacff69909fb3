import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// How segments are made from the journal's chunks.
@Suite struct ColumnFillingTests {
    /// Six chunks of five events: 1 to 30.
    private static func journal() throws -> MemoryJournal {
        let journal = try MemoryJournal()
        for first in stride(from: Int64(1), to: 30, by: 5) { try journal.append(first...(first + 4)) }
        return journal
    }

    private func segments(
        _ journal: MemoryJournal,
        of gap: ClosedRange<Int64>,
        unit: Int,
        most: Int = .max
    ) throws -> [ColumnSegment] {
        var segments: [ColumnSegment] = []
        try journal.read { db in
            try ColumnFilling.forEachSegment(
                of: gap,
                unit: unit,
                key: MemoryJournal.key,
                SampleSegment.keyCheck,
                journal.reader,
                in: db
            ) { segment in
                segments.append(segment)
                return segments.count < most
            }
        }
        return segments
    }

    @Test(
        arguments: [
            (1, [1...5, 6...10, 11...15, 16...20, 21...25, 26...30]),
            (5, [1...5, 6...10, 11...15, 16...20, 21...25, 26...30]),
            (6, [1...10, 11...20, 21...30]), (10, [1...10, 11...20, 21...30]), (11, [1...15, 16...30]),
            (1000, [1...30]),
        ] as [(Int, [ClosedRange<Int64>])]
    )
    func `a segment has at least a unit of events, and ends where a chunk ends`(
        unit: Int,
        ranges: [ClosedRange<Int64>]
    ) throws {
        let segments = try segments(Self.journal(), of: 1...30, unit: unit)
        #expect(segments.map(\.range) == ranges && segments.map(\.count) == ranges.map(\.count))
    }

    @Test func `covers a gap from end to end, whatever there is of it`() throws {
        let journal = try Self.journal()
        try journal.execute("DELETE FROM chunks WHERE first IN (11, 16)")
        let segments = try segments(journal, of: 6...25, unit: 100)
        #expect(segments.map(\.range) == [6...25] && segments[0].count == 10)
        let sequences = try segments[0].open().sequences()
        #expect((0..<10).map { sequences[$0] } == Array(6...10) + Array(21...25))
        let nothing = try self.segments(journal, of: 11...20, unit: 1)
        #expect(nothing.map(\.range) == [11...20] && nothing[0].count == 0)
        let behind = try self.segments(journal, of: 31...35, unit: 1)
        #expect(behind.map(\.range) == [31...35] && behind[0].count == 0)
    }

    @Test func `covers a damaged chunk without its events, and notes the damage`() throws {
        let journal = try Self.journal()
        try journal.spoil(11)
        let segments = try segments(journal, of: 1...30, unit: 15)
        #expect(segments.map(\.range) == [1...20, 21...30] && segments.map(\.count) == [15, 10])
        #expect(journal.damage.all.map(\.first) == [11] && journal.damage.all.map(\.last) == [15])
    }

    @Test func `a chunk whose names are lost is damaged, and so is one of other numbers`() throws {
        let journal = try Self.journal()
        try journal.execute("UPDATE chunks SET count = 4 WHERE first = 6")
        // The plan of this one is in no table of the journal.
        let other = try MemoryJournal()
        try other.append([MemoryJournal.event(1)], first: 1)
        let foreign = try other.append([MemoryJournal.event(2, plan: MemoryJournal.both)], first: 16)
        try journal.execute("UPDATE chunks SET content = ?, count = 1 WHERE first = 16", [Data(foreign)])
        let segments = try segments(journal, of: 1...30, unit: 100)
        #expect(segments.map(\.count) == [20])
        #expect(journal.damage.all.map(\.first) == [6, 16])
        let reasons = [
            "the chunk has 5 events from 6, which is not its position",
            "the chunk names plan 2, which is not in its table",
        ]
        #expect(journal.damage.all.map(\.reason) == reasons)
    }

    @Test func `ends when no more segments are wanted`() throws {
        let segments = try segments(Self.journal(), of: 1...30, unit: 5, most: 2)
        #expect(segments.map(\.range) == [1...5, 6...10])
    }
}
