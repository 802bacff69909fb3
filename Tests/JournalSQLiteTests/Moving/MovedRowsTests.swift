import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import TestSupport
import Testing

@testable import JournalSQLite

/// What a journal hands over to another store: rows by their key, chunks as they are stored, and what they stand for.
@Suite struct MovedRowsTests {
    private func pages(_ table: MovedTable, limit: Int, in journal: MemoryJournal) throws -> [[[MovedValue]]] {
        let read = MovedTableRead(table: table)
        var (pages, key): ([[[MovedValue]]], [MovedValue]?) = ([], nil)
        repeat {
            let page = try journal.read { try read.rows(after: key, limit: limit, in: $0) }
            key = page.last.map { Array($0.prefix(table.keyCount)) }
            if !page.isEmpty { pages.append(page) }
        } while key != nil
        return pages
    }

    /// Keys of two columns: a page may end between two rows with the same first part.
    @Test(arguments: [1, 2, 3, 7, 100])
    func `goes through a table page by page, each row once, in the order of its key`(limit: Int) throws {
        let journal = try MemoryJournal()
        let keys = [(5, 1), (5, 2), (3, 2), (9, 1), (3, 1), (4, 7), (1 << 40, 1)] as [(Int64, Int64)]
        for (sequence, provider) in keys { try journal.addRow(sequence, provider, .rejected) }
        let pages = try pages(.deliveries, limit: limit, in: journal)
        #expect(pages.dropLast().allSatisfy { $0.count == limit })
        let rows = pages.flatMap(\.self)
        let count = try journal.read { try MovedTableRead(table: .deliveries).count(in: $0) }
        #expect(rows.count == keys.count && count == keys.count)
        let whole = try self.pages(.deliveries, limit: 1000, in: journal).flatMap(\.self)
        #expect(rows == whole)
        let found = rows.map { Array($0.prefix(2)) }
        let sorted = keys.sorted { $0 < $1 }.map { [MovedValue.integer($0.0), .integer($0.1)] }
        #expect(found == sorted)
    }

    @Test(arguments: MovedTable.allCases)
    func `every table that is moved is there, and is read from its beginning to its end`(table: MovedTable) throws {
        let journal = try MemoryJournal()
        #expect(try pages(table, limit: 10, in: journal).isEmpty)
        #expect(try journal.read { try MovedTableRead(table: table).count(in: $0) } == 0)
    }

    @Test func `values keep their kind, and the numbers of lanes' ends become positions`() throws {
        let journal = try MemoryJournal()
        try journal.execute(
            """
            INSERT INTO lanes(number, provider, account, adapter, filter, routes, first, through, state, rate, started_by,
                started_at, changed_by, changed_at)
            VALUES(1, 2, 3, 'polar', x'7b7d', x'00ff', 17, NULL, 'running', 25, 'ops', 5, 'ops', 6)
            """
        )
        let row = try #require(try pages(.lanes, limit: 10, in: journal).first?.first)
        let values = Dictionary(uniqueKeysWithValues: zip(MovedTable.lanes.columns.map(\.name), row))
        #expect(values["adapter"] == .text("polar") && values["filter"] == .bytes([0x7B, 0x7D]))
        #expect(values["rate"] == .real(25) && values["through"] == .null && values["started_at"] == .integer(5))
        #expect(values["first"] == .text("17"))
    }

    // MARK: Chunks

    @Test func `hands chunks over as they are stored, up to so many bytes, at least one`() throws {
        let journal = try MemoryJournal()
        for first in [1, 4, 9] as [Int64] {
            try journal.append(first...(first + 2), at: first, plan: MemoryJournal.both)
        }
        func firsts(after number: Int64, limitBytes: Int) throws -> [Int64] {
            try journal.read { try MovedEventsRead.chunks(after: number, limitBytes: limitBytes, in: $0) }.map(\.first)
        }
        #expect(try firsts(after: 0, limitBytes: 1 << 20) == [1, 4, 9] && firsts(after: 0, limitBytes: 1) == [1])
        #expect(try firsts(after: 1, limitBytes: 1 << 20) == [4, 9] && firsts(after: 9, limitBytes: 1).isEmpty)
        let chunk = try #require(try journal.read { try MovedEventsRead.chunks(after: 1, limitBytes: 1, in: $0) }.first)
        #expect(chunk.count == 3 && chunk.acceptedFirst == 4 && chunk.acceptedLast == 4)
        #expect(chunk.accounts == [1, 2] && chunk.counts == [3, 3])
        let stored = try journal.rows("SELECT content FROM chunks WHERE first = 4")
        #expect(stored == [[chunk.content.map { "\($0)" }.joined(separator: " ")]])
        let numbers = try journal.read { try MovedEventsRead.chunkNumbers(in: 2...9, in: $0) }
        #expect(numbers == [4, 9])
    }

    @Test func `tells the ends of the journal, what is in it, and what was removed`() throws {
        let journal = try MemoryJournal()
        #expect(try journal.read { try MovedEventsRead.numbers(in: $0) } == nil)
        try journal.append(5...7)
        try journal.append(11...12)
        try journal.addRun(5...6, 1)
        try journal.addRow(7, 1, .rejected)
        try journal.write { try MetaTable.setNewestRemoved(4, in: $0) }
        #expect(try journal.read { try MovedEventsRead.numbers(in: $0) } == 5...12)
        let contents = try journal.read { try MovedEventsRead.contents(in: $0) }
        #expect(contents.chunks == 2 && contents.events == 5 && contents.runs == 1 && contents.removed == 4)
        #expect(contents.rows[.deliveries] == 1 && contents.rows[.attempts] == 0)
        #expect(contents.rows.count == MovedTable.allCases.count)
    }

    @Test func `tells what the numbers stand for, and which accounts are lanes'`() throws {
        let journal = try MemoryJournal()
        try journal.execute("INSERT INTO origins VALUES(2, 'bank', 'app')")
        try journal.execute("INSERT INTO origins VALUES(1, 'shop', 'web')")
        try journal.execute("INSERT INTO plans VALUES(4, x'7b7d')")
        try journal.execute("INSERT INTO providers VALUES(8, 'polar~1', 30), (3, 'polar', 20)")
        try journal.execute(
            """
            INSERT INTO lanes(number, provider, account, adapter, filter, routes, first, state, rate, started_by,
                started_at, changed_by, changed_at)
            VALUES(1, 3, 8, 'polar', x'7b7d', x'', 0, 'done', 1, 'ops', 5, 'ops', 6)
            """
        )
        let names = try journal.read { try MovedEventsRead.names(in: $0) }
        #expect(names.origins.map(\.number) == [1, 2] && names.origins.map(\.client) == ["web", "app"])
        #expect(names.plans.map(\.encoded) == [[0x7B, 0x7D]])
        #expect(names.accounts.map(\.name) == ["polar", "polar~1"] && names.accounts.map(\.cursor) == [20, 30])
        #expect(names.accounts.map(\.isLane) == [false, true])
    }

    // MARK: The mark

    @Test func `a folder whose journal was moved says where it is, and cannot be used`() async throws {
        try await withTemporaryFolder { folder in
            let mark = MovedMark(folder: folder)
            #expect(mark.target == nil)
            try mark.check(folder)
            try mark.write("postgres://db/tollgate")
            #expect(mark.target == "postgres://db/tollgate")
            let refusal = StoreError.unusable(
                path: folder.path,
                reason: "its journal was moved to postgres://db/tollgate; use --store with that address"
            )
            #expect(throws: refusal) { try mark.check(folder) }
            #expect(throws: refusal) { try SampleStore.open(folder) }
            // An interrupted move is begun again.
            try mark.write("postgres://other/tollgate")
            #expect(mark.target == "postgres://other/tollgate")
        }
    }

    @Test func `an empty mark is one nevertheless`() async throws {
        try await withTemporaryFolder { folder in
            try Data().write(to: folder.appending(path: "moved"))
            #expect(throws: StoreError.self) { try MovedMark(folder: folder).check(folder) }
        }
    }
}
