import Events
import Foundation
import GRDB
import Journal
import JournalFormat

/// Reads rows of a table for their way to another store.
struct MovedTableRead {
    let table: MovedTable

    /// Where the columns of ``MovedTable/columns`` are in this database, where that is not their name.
    private var sources: [String: String] {
        switch table {
        case .deliveries, .attempts, .amendments, .shadowCounts: ["account": "provider"]
        case .holds, .operatorHolds, .revisions, .lanes, .laneCounts, .pins, .migrationLog, .audit, .damage: [:]
        }
    }

    private func source(_ column: MovedColumn) -> String { sources[column.name] ?? column.name }

    /// - Parameter key: of the row before; nil for the first ones.
    func rows(after key: [MovedValue]?, limit: Int, in db: Database) throws -> [[MovedValue]] {
        let columns = table.columns
        let keys = columns.prefix(table.keyCount).map(source).joined(separator: ", ")
        let places = Array(repeating: "?", count: table.keyCount).joined(separator: ", ")
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(columns.map(source).joined(separator: ", ")) FROM \(table.rawValue)
                \(key == nil ? "" : "WHERE (\(keys)) > (\(places))") ORDER BY \(keys) LIMIT \(limit)
                """
        )
        let rows = try Row.fetchAll(statement, arguments: StatementArguments((key ?? []).map(Self.databaseValue)))
        return rows.map { row in columns.enumerated().map { value($1, row[$0] as DatabaseValue) } }
    }

    func count(in db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.rawValue)") ?? 0
    }

    private func value(_ column: MovedColumn, _ value: DatabaseValue) -> MovedValue {
        switch (value.storage, column.kind) {
        case (.null, _): .null
        // Numbers of events become positions of the only stream.
        case (.int64(let number), .text): .text(JournalPosition(SequenceNumber(number)).text)
        case (.int64(let number), .float8): .real(Double(number))
        case (.int64(let number), _): .integer(number)
        case (.double(let number), _): .real(number)
        case (.string(let text), _): .text(text)
        case (.blob(let data), _): .bytes([UInt8](data))
        }
    }

    private static func databaseValue(_ value: MovedValue) -> (any DatabaseValueConvertible)? {
        switch value {
        case .null: nil
        case .integer(let number): number
        case .real(let number): number
        case .text(let text): text
        case .bytes(let bytes): Data(bytes)
        }
    }
}
