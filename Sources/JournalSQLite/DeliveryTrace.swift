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
        return DeliveryTrace(
            status: try DeliveryRow.status(row[0]),
            attempts: row[1],
            hasReached: row[2],
            hadReached: row[3],
            faultCode: row[4]
        )
    }
}
