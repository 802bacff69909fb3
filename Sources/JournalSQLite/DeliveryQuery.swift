import Events
import GRDB

/// A page of the rows of `deliveries`.
struct DeliveryQuery: Sendable {
    let limit: Int
    let statuses: Set<DeliveryStatus>
    /// The sequence number and the provider of the last row of the page before.
    var after: (sequence: Int64, provider: Int64)?
    var provider: Int64?
    /// Nil: of all origins.
    var origins: [UInt32]?
    /// Nil: at all places of the journal.
    var sequences: [Int64]?

    init(limit: Int, statuses: Set<DeliveryStatus>) {
        self.limit = limit
        self.statuses = statuses
    }

    /// The query for what comes behind these rows; nil if they were the last.
    func following(_ rows: [DeliveryRow]) -> DeliveryQuery? {
        guard rows.count == limit, let last = rows.last else { return nil }
        var next = self
        next.after = (last.sequence, last.provider)
        return next
    }

    func rows(in db: Database) throws -> [DeliveryRow] {
        var conditions = ["(sequence, provider) > (?, ?)"]
        var arguments: StatementArguments = [after?.sequence ?? 0, after?.provider ?? 0]
        if let provider {
            conditions.append("provider = ?")
            arguments += [provider]
        }
        func require<Value: DatabaseValueConvertible>(_ column: String, in values: [Value]) {
            conditions.append("\(column) IN (\(values.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(values)
        }
        if !statuses.isEmpty { require("status", in: statuses.map(\.rawValue)) }
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
