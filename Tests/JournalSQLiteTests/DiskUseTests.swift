import Foundation
import GRDB
import TestSupport
import Testing

@testable import JournalSQLite

/// How many bytes the store uses, and how its log is kept small.
@Suite struct DiskUseTests {
    private static let page = 4096

    /// A database with a write-ahead log that nothing moves, and so many pages of content.
    private static func database(in folder: URL, pages: Int) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: folder.appending(path: "journal.sqlite").path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA page_size = \(page)")
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            try db.execute(sql: "CREATE TABLE filler(content BLOB)")
            for _ in 0..<pages { try db.execute(sql: "INSERT INTO filler VALUES(zeroblob(\(page)))") }
        }
        return queue
    }

    private static func size(_ name: String, in folder: URL) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)[.size] as? Int ?? 0
    }

    @Test func `counts the pages in use, the log, and the files of both indexes`() async throws {
        try await withTemporaryFolder { folder in
            let queue = try Self.database(in: folder, pages: 20)
            var use = DiskUse(folder: folder)
            let pages = try queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
            let log = try Self.size("journal.sqlite-wal", in: folder)
            #expect(pages > 20 && log > 20 * Self.page)
            #expect(try queue.inDatabase { try use.bytes(in: $0) } == pages * Self.page + log)

            for (name, bytes) in [("index/1-2.run", 1000), ("columns/1-2.columns", 500), ("columns/x.new", 30)] {
                let file = folder.appending(path: name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(repeating: 1, count: bytes).write(to: file)
            }
            // What the files take is remembered for a second; another value looks at once.
            var fresh = DiskUse(folder: folder)
            #expect(try queue.inDatabase { try fresh.bytes(in: $0) } == pages * Self.page + log + 1530)
            try queue.close()
        }
    }

    @Test func `pages that can be used again are free`() async throws {
        try await withTemporaryFolder { folder in
            let queue = try Self.database(in: folder, pages: 20)
            #expect(try queue.inDatabase { try DiskUse.freeBytes(in: $0) } == 0)
            try queue.inDatabase { try $0.execute(sql: "DELETE FROM filler") }
            let free = try queue.inDatabase { try DiskUse.freeBytes(in: $0) }
            #expect(free >= 20 * Self.page && free % Self.page == 0)
            var use = DiskUse(folder: folder)
            let (pages, log) = (
                try queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 },
                try Self.size("journal.sqlite-wal", in: folder)
            )
            #expect(try queue.inDatabase { try use.bytes(in: $0) } == pages * Self.page - free + log)
            try queue.close()
        }
    }

    @Test func `the log is cut off once in a second`() {
        var use = DiskUse(folder: URL(filePath: "/"))
        let start = ContinuousClock.now
        let asked: [(Duration, Bool)] = [
            (.zero, true), (.milliseconds(999), false), (.milliseconds(1000), true), (.milliseconds(1500), false),
            (.milliseconds(2000), true), (.seconds(60), true),
        ]
        for (time, expected) in asked {
            let mayShrink = use.mayShrinkLog(now: start + time)
            #expect(mayShrink == expected, "\(time)")
        }
    }

    // MARK: Checkpoints

    /// - Parameter diskLimitBytes: the sixteenth of it is written between two checkpoints, at least 64 KiB.
    private static func checkpoints(of folder: URL, diskLimitBytes: Int?) throws -> Checkpoints {
        Checkpoints(
            connection: try DatabaseQueue(path: folder.appending(path: "journal.sqlite").path),
            diskLimitBytes: diskLimitBytes,
            logger: MemoryJournal.logger
        )
    }

    @Test(
        arguments: [(0, 64 << 10), (1 << 20, 64 << 10), (4 << 20, 256 << 10), (nil, 16 << 20), (.max, 16 << 20)]
            as [(Int?, Int)]
    )
    func `moves pages into the database when enough was written`(limit: Int?, interval: Int) async throws {
        try await withTemporaryFolder { folder in
            let queue = try Self.database(in: folder, pages: 20)
            let checkpoints = try Self.checkpoints(of: folder, diskLimitBytes: limit)
            let before = try Self.size("journal.sqlite", in: folder)
            queue.inDatabase { checkpoints.committed(bytes: interval - 1, $0) }
            #expect(try Self.size("journal.sqlite", in: folder) == before)
            queue.inDatabase { checkpoints.committed(bytes: 1, $0) }
            try await waitUntil("the pages are moved") {
                try Self.size("journal.sqlite", in: folder) > 20 * Self.page
            }
            checkpoints.close()
            try queue.close()
        }
    }

    @Test func `cuts the log off, whatever was written`() async throws {
        try await withTemporaryFolder { folder in
            let queue = try Self.database(in: folder, pages: 20)
            let checkpoints = try Self.checkpoints(of: folder, diskLimitBytes: nil)
            queue.inDatabase { checkpoints.shrink($0) }
            #expect(try Self.size("journal.sqlite-wal", in: folder) == 0)
            #expect(try Self.size("journal.sqlite", in: folder) > 20 * Self.page)
            checkpoints.close()
            try queue.close()
        }
    }

    /// A reader keeps the log; nothing waits for it, and nothing is lost.
    @Test func `leaves a log alone that somebody reads`() async throws {
        try await withTemporaryFolder { folder in
            let queue = try Self.database(in: folder, pages: 20)
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let file = folder.appending(path: "journal.sqlite").path
            let reader = try DatabaseQueue(path: file, configuration: configuration)
            try reader.inDatabase { db in
                try db.execute(sql: "BEGIN")
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM filler")
            }
            try queue.inDatabase { try $0.execute(sql: "INSERT INTO filler VALUES(zeroblob(100))") }
            let checkpoints = try Self.checkpoints(of: folder, diskLimitBytes: nil)
            queue.inDatabase { checkpoints.shrink($0) }
            #expect(try Self.size("journal.sqlite-wal", in: folder) > 0)
            #expect(try reader.inDatabase { try Int.fetchOne($0, sql: "SELECT count(*) FROM filler") } == 20)
            try reader.inDatabase { try $0.execute(sql: "COMMIT") }
            checkpoints.close()
            #expect(try queue.inDatabase { try Int.fetchOne($0, sql: "SELECT count(*) FROM filler") } == 21)
            try reader.close()
            try queue.close()
        }
    }
}
