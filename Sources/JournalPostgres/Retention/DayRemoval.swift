import Journal
import Logging

/// Drops the tables of a day: nothing is left of it, neither dead rows nor pages that somebody must clean up.
struct DayRemoval: Sendable {
    /// Its statements may wait for readers as long as these read.
    let connection: PostgresConnection
    let logger: Logger

    /// Tables with rows of single deliveries, and the column with the number of their event.
    private static let rowTables = [("attempts", "sequence"), ("amendments", "sequence"), ("deliveries", "sequence")]
    private static let rowsPerStatement: Int64 = 10_000

    /// The days that have tables, oldest first.
    func days() async throws(PostgresFailure) -> [DayPartitions.Day] {
        try await connection.run(.readPartitions, [.text("chunks")]).compactMap { DayPartitions.Day(table: $0.text(0)) }
    }

    /// Drops a day all of whose chunks can go. Every step can be repeated: it continues where another one was interrupted.
    /// - Returns: how many events it had.
    func drop(_ day: DayPartitions.Day) async throws(PostgresFailure) -> Int {
        let noted = try await connection.run(.noteRemoval(of: "chunks_\(day.name)"))
        let events = Int(clamping: noted.first?.integer(0) ?? 0)
        for table in DayPartitions.tables { try await drop("\(table)_\(day.name)", of: table) }
        for (table, column) in Self.rowTables {
            let parameters: [Parameter] = [.int8(day.first), .int8(day.end), .int8(Self.rowsPerStatement)]
            let statement = Statement.removeRows(of: table, by: column)
            while try await connection.run(statement, parameters).affected > 0 {}
        }
        logger.info("dropped a day of the journal", metadata: ["day": "\(day.name)", "events": "\(events)"])
        return events
    }

    private func drop(_ name: String, of table: String) async throws(PostgresFailure) {
        if let attached = try await connection.run(.readAttachment, [.text(name)]).first {
            let statement: Statement =
                attached.bool(0) ? .finishDetaching(name, from: table) : .detachPartition(name, from: table)
            try await connection.run(statement)
        }
        try await connection.run(.dropTable(name))
    }
}
