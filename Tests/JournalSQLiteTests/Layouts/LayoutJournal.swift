import Foundation
import GRDB

/// The journals in `Journals`, as databases.
enum LayoutJournal {
    private static let journals = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Journals")

    static func file(in folder: URL) -> URL { folder.appending(path: "journal.sqlite") }

    /// Makes the journal of a layout in an empty folder.
    static func write(_ layout: Int, to folder: URL) async throws {
        let script = try String(contentsOf: journals.appending(path: "layout-\(layout).sql"), encoding: .utf8)
        let queue = try DatabaseQueue(path: file(in: folder).path)
        try await queue.writeWithoutTransaction { try $0.execute(sql: script) }
        try queue.close()
    }

    /// Layout, tables with their columns, and indexes: what two journals of one layout have in common.
    static func shape(in folder: URL) async throws -> [String] {
        try await DatabaseQueue(path: file(in: folder).path).read { db in
            let layout = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            let tables = try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
            let columns = try tables.flatMap { table in
                try Row.fetchAll(db, sql: "PRAGMA table_xinfo(\(table))").map { row in
                    "\(table).\(row["name"] as String) \(row["type"] as String) \(row["notnull"] as Int) "
                        + "\(row["dflt_value"] as String? ?? "-") \(row["pk"] as Int)"
                }
            }
            let indexes = try String.fetchAll(
                db,
                sql: "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
            )
            return ["layout \(layout)"] + columns + indexes
        }
    }
}
