import Foundation
import GRDB

/// How many bytes of the disk the store uses: the database, its log, and the files of both indexes.
struct DiskUse {
    private let folder: URL
    /// Of the indexes' files, and when it was found.
    private var indexes: (bytes: Int, at: ContinuousClock.Instant)?
    private var lastShrink: ContinuousClock.Instant?

    /// How long a look at the indexes' files is good for, and how often the log is cut off.
    private static let interval = Duration.seconds(1)

    init(folder: URL) {
        self.folder = folder
    }

    /// Bytes in use, without pages of the database that are free to be used again.
    mutating func bytes(in db: Database) throws -> Int {
        try Self.databaseBytes(in: db) + size(of: folder.appending(path: "journal.sqlite-wal")) + indexBytes(.now)
    }

    /// Whether the log may be cut off again.
    mutating func mayShrinkLog(now: ContinuousClock.Instant) -> Bool {
        if let lastShrink, now - lastShrink < Self.interval { return false }
        lastShrink = now
        return true
    }

    private mutating func indexBytes(_ now: ContinuousClock.Instant) -> Int {
        if let indexes, now - indexes.at < Self.interval { return indexes.bytes }
        let bytes = ["index", "columns"].reduce(0) { sum, name in
            let part = folder.appending(path: name)
            // They come and go; one that has gone takes no room.
            let files = (try? FileManager.default.contentsOfDirectory(at: part, includingPropertiesForKeys: nil)) ?? []
            return files.reduce(sum) { $0 + size(of: $1) }
        }
        indexes = (bytes, now)
        return bytes
    }

    /// - Returns: 0 if there is no such file.
    private func size(of file: URL) -> Int {
        var status = stat()
        return stat(file.path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Bytes of pages of the database that are free to be used again.
    static func freeBytes(in db: Database) throws -> Int {
        let free = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA freelist_count")) ?? 0
        let size = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA page_size")) ?? 0
        return free * size
    }

    private static func databaseBytes(in db: Database) throws -> Int {
        let pages = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA page_count")) ?? 0
        let free = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA freelist_count")) ?? 0
        let size = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA page_size")) ?? 0
        return (pages - free) * size
    }
}
