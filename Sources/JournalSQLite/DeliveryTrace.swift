import Events
import GRDB
import JournalFormat

extension DeliveryTrace {
    /// - Returns: nil if the delivery has no row.
    static func fetch(sequence: Int64, provider: Int64, in db: Database) throws -> DeliveryTrace? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT status, attempts, reached_at IS NOT NULL, reached_before, fault_code
                    FROM deliveries WHERE sequence = ? AND provider = ?
                    """
            ),
            arguments: [sequence, provider]
        )
        guard let row else { return nil }
        return try DeliveryTrace(
            status: DeliveryRow.status(row.value(0)),
            attempts: row.attempts(1),
            hasReached: row.value(2),
            hadReached: row.value(3),
            faultCode: row.value(4)
        )
    }
}
