import Events
import GRDB
import JournalFormat

/// Which rows of `deliveries` a list is made of.
struct DeliveryQuery: Sendable {
    let statuses: Set<DeliveryStatus>
    /// The rows after this one.
    var after = DeliveryRow.Position.start
    /// Nil: of all providers.
    var accounts: [Int64]?
    /// Nil: of all origins.
    var origins: [UInt32]?
    /// Nil: of all events.
    var sequences: [Int64]?

    init(statuses: Set<DeliveryStatus>) {
        self.statuses = statuses
    }

    /// The first rows.
    /// - Parameter end: no rows after this one are examined.
    func rows(through end: DeliveryRow.Position, limit: Int, in db: Database) throws -> [DeliveryRow] {
        var conditions = ["(sequence, provider) > (?, ?)", "(sequence, provider) <= (?, ?)"]
        var arguments: StatementArguments = [after.sequence, after.provider, end.sequence, end.provider]
        func require<Value: DatabaseValueConvertible>(_ column: String, in values: [Value]) {
            conditions.append("\(column) IN (\(values.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(values)
        }
        if !statuses.isEmpty { require("status", in: statuses.map(\.rawValue)) }
        if let accounts { require("provider", in: accounts) }
        if let origins { require("origin", in: origins) }
        if let sequences { require("sequence", in: sequences) }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT \(DeliveryRow.columns) FROM deliveries WHERE \(conditions.joined(separator: " AND "))
                ORDER BY sequence, provider LIMIT \(max(0, limit))
                """,
            arguments: arguments
        ).map(DeliveryRow.init)
    }
}
