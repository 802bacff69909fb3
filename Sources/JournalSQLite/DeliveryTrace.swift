import Events
import GRDB

/// What a row says of whether anything of a delivery may have reached its vendor.
struct DeliveryTrace: Sendable, Equatable {
    let status: DeliveryStatus
    let attempts: Int
    /// Whether a request since the last retry by a person may have reached the vendor.
    let hasReached: Bool
    /// The same of the time before.
    let hadReached: Bool
    /// Of the fault that belongs to no attempt.
    let faultCode: String?

    /// Whether certainly nothing has reached the vendor.
    ///
    /// A process that ends by force leaves no trace of a request that is on its way to a vendor which recognizes repeats. So what was there
    /// before this process may have been sent, unless it could not be translated: then there was nothing to send.
    /// - Parameter isOfThisRun: whether the event was accepted since the store was opened.
    func isUntouched(isOfThisRun: Bool) -> Bool {
        guard !hasReached, !hadReached, status != .uncertain else { return false }
        if status == .rejected, attempts == 0, faultCode == DeliveryErrorCode.untranslatable.rawValue { return true }
        return isOfThisRun
    }

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
