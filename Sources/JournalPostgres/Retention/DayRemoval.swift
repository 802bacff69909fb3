import Journal
import Logging

/// Drops the tables of a day: nothing is left of it, neither dead rows nor pages that somebody must clean up.
struct DayRemoval: Sendable {
    /// Its statements may wait for readers as long as these read.
    let connection: PostgresConnection
    let logger: Logger

    /// A day that has tables.
    struct FoundDay: Sendable, Equatable {
        let day: DayPartitions.Day
        /// Whether somebody has begun to drop it: its events cannot be read any more.
        var isBegun = true
        /// Whether one of its tables is half detached, which keeps every other one from being detached.
        var isHalfDetached = false
    }

    /// What there is of a table of a day.
    private enum Attachment {
        case attached, half, detached
    }

    /// Tables with rows of single deliveries.
    private static let rowTables = ["attempts", "amendments", "deliveries"]
    private static let rowsPerStatement: Int64 = 10_000

    /// The days that have tables: those first that somebody has begun to drop, then oldest first.
    func days() async throws(PostgresFailure) -> [FoundDay] {
        var found: [DayPartitions.Day: FoundDay] = [:]
        for row in try await connection.run(.readDayTables) {
            guard let day = DayPartitions.Day(table: row.text(0)) else { continue }
            var known = found[day] ?? FoundDay(day: day)
            if row.text(0) == Self.chunks(of: day), row.bool(1) { known.isBegun = false }
            if row.bool(2) { known.isHalfDetached = true }
            found[day] = known
        }
        func rank(_ found: FoundDay) -> Int { found.isHalfDetached ? 0 : found.isBegun ? 1 : 2 }
        return found.values.sorted { (rank($0), $0.day.first) < (rank($1), $1.day.first) }
    }

    /// Drops a day all of whose chunks can go. Every step can be repeated: it continues where another one was interrupted. Its outcomes go
    /// after its events, and the table of the outcomes is dropped last, so that what is left of the day shows what is left to do.
    /// - Returns: how many events it had; 0 if it must stay after all, because of something that nobody needed when this was begun.
    func drop(_ day: DayPartitions.Day) async throws(PostgresFailure) -> Int {
        let (chunks, delivered) = (Self.chunks(of: day), "delivered_\(day.name)")
        var events = 0
        if try await attachment(of: chunks) != nil {
            // Before the events go: their numbers must not be given again.
            events = Int(clamping: try await connection.run(.noteRemoval(of: chunks)).first?.integer(0) ?? 0)
            try await detach(chunks, from: "chunks")
            if try await attachment(of: delivered) == .attached, try await isNeeded(chunks) {
                try await connection.run(.attachPartition(chunks, to: "chunks", from: day.first, to: day.end))
                return 0
            }
        }
        try await detach(delivered, from: "delivered")
        try await connection.run(.dropTable(chunks))
        for table in Self.rowTables {
            let parameters: [Parameter] = [.int8(day.first), .int8(day.end), .int8(Self.rowsPerStatement)]
            while try await connection.run(.removeRows(of: table), parameters).affected > 0 {}
        }
        try await connection.run(.dropTable(delivered))
        logger.info("dropped a day of the journal", metadata: ["day": "\(day.name)", "events": "\(events)"])
        return events
    }

    /// Removes the intents of backfills that have ended.
    func removeFlightsOfEndedLanes() async throws(PostgresFailure) {
        let limit = Parameter.int8(Self.rowsPerStatement)
        while try await connection.run(.removeFlightsOfEndedLanes, [limit]).affected > 0 {}
    }

    private static func chunks(of day: DayPartitions.Day) -> String { "chunks_\(day.name)" }

    /// Nil if there is no such table.
    private func attachment(of name: String) async throws(PostgresFailure) -> Attachment? {
        guard let row = try await connection.run(.readDayTables).first(where: { $0.text(0) == name }) else {
            return nil
        }
        return row.bool(1) ? .attached : row.bool(2) ? .half : .detached
    }

    private func detach(_ name: String, from table: String) async throws(PostgresFailure) {
        switch try await attachment(of: name) {
        case .attached: try await connection.run(.detachPartition(name, from: table))
        case .half: try await connection.run(.finishDetaching(name, from: table))
        case .detached, nil: break
        }
    }

    private func isNeeded(_ chunks: String) async throws(PostgresFailure) -> Bool {
        try await connection.run(.readNeed(of: chunks)).first?.bool(0) ?? false
    }
}
