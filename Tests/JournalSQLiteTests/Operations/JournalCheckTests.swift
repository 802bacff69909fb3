import Foundation
import GRDB
import Journal
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct JournalCheckTests {
    @Test func `finds nothing in a journal that is well, also while its store is open`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            let closed = try JournalCheck(of: folder).run()
            #expect(closed.isWell && closed.chunks == 10 && closed.events == 100 && closed.files >= 2, "\(closed)")
            let store = try SampleStore.open(folder, OperatedJournal.settings)
            let open = try JournalCheck(of: folder).run()
            #expect(open.isWell && open.events == 100, "\(open)")
            await store.close()
        }
    }

    @Test func `names the chunk in which a byte has changed`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            try OperatedJournal.flipChunk(31, in: folder)
            let report = try JournalCheck(of: folder).run()
            #expect(report.faults == [JournalFault(.chunk(first: 31, last: 40), "the checksum does not match")])
            #expect(report.faults.first?.location.text == "chunk 31-40" && report.faults.first?.remedy == .backup)
        }
    }

    @Test(arguments: ["index", "columns"])
    func `names the file of an index in which a byte has changed`(index: String) async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            let file = try #require(try OperatedJournal.files(index, in: folder).last)
            let size = try Data(contentsOf: file).count
            // Its beginning, somewhere in the middle, and its end.
            for place in [3, size / 2, size - 1] {
                let before = try Data(contentsOf: file)
                try OperatedJournal.flip(file, at: place)
                let report = try JournalCheck(of: folder).run()
                #expect(report.faults.map(\.location.text) == ["\(index)/\(file.lastPathComponent)"], "byte \(place)")
                #expect(report.faults.first?.remedy == .rebuild)
                try before.write(to: file)
            }
        }
    }

    @Test func `names a file that belongs to another journal`() async throws {
        try await withTemporaryFolder { folder in
            let (own, other) = (folder.appending(path: "own"), folder.appending(path: "other"))
            try await OperatedJournal.make(in: own)
            try await OperatedJournal.make(in: other)
            let file = try #require(try OperatedJournal.files("index", in: own).first)
            try Data(contentsOf: #require(try OperatedJournal.files("index", in: other).first)).write(to: file)
            let report = try JournalCheck(of: own).run()
            #expect(report.faults.map(\.reason) == ["the file belongs to another journal"])
        }
    }

    @Test func `names an index of the database that lacks a row`() {
        let lacking = JournalCheck.fault("row 3 missing from index deliveries_by_time")
        #expect(lacking.location == .index("deliveries_by_time") && lacking.remedy == .rebuild)
        #expect(JournalCheck.fault("row 3 missing from index sqlite_autoindex_providers_1").remedy == .backup)
        #expect(JournalCheck.fault("Tree 5 page 9: btreeInitPage() returns error code 11").location == .database)
    }

    @Test func `says that pages of the database are damaged`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            let file = OperatedJournal.file(in: folder)
            // A page of a table: without the schema's own pages, a journal could not be read at all.
            let page = try await DatabaseQueue(path: file.path).read { db in
                try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'attempts'")
            }
            var bytes = [UInt8](try Data(contentsOf: file))
            bytes[(try #require(page) - 1) * 2048] = 99
            try Data(bytes).write(to: file)
            let report = try JournalCheck(of: folder).run()
            #expect(report.faults.contains { $0.location == .database }, "\(report.faults)")
        }
    }
}
