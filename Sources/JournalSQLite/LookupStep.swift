import Events
import GRDB
import Journal
import JournalFormat

/// A look at a vendor, on its way to the disk.
struct LookupStep: Sendable {
    let lookup: RecordedLookup
    let providerNumber: Int64
    /// The lane whose account it is; nil if it is a provider's.
    let lane: LaneNumber?

    /// - Returns: whether the delivery was in a state that a look can change.
    func run(in db: Database) throws -> Bool {
        let (sequence, attempt) = (lookup.sequence.rawValue, lookup.attempt)
        guard let trace = try DeliveryTrace.fetch(sequence: sequence, provider: providerNumber, in: db),
            trace.status == .uncertain || trace.status == .rejected
        else { return false }
        try db.execute(
            sql: """
                INSERT INTO attempts(sequence, provider, ordinal, at, latency, http_status, status, deduplicated,
                    fault_code, fault_message, fault_vendor) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                sequence, providerNumber, trace.attempts + 1, attempt.at.milliseconds,
                attempt.latency.wholeMicroseconds,
                attempt.httpStatus, attempt.status.rawValue, attempt.deduplicated, attempt.fault?.code.rawValue,
                attempt.fault?.message, attempt.fault?.vendor,
            ]
        )
        // The fault of a delivered one is of the look alone.
        try db.execute(
            sql: """
                UPDATE deliveries SET status = ?, attempts = attempts + 1, fault_is_last_attempts = ?, fault_code = NULL,
                    fault_message = NULL, fault_vendor = NULL
                WHERE sequence = ? AND provider = ?
                """,
            arguments: [attempt.status.rawValue, attempt.status != .delivered, sequence, providerNumber]
        )
        if let lane, attempt.status != trace.status {
            try LaneTable.add([trace.status.rawValue: -1, attempt.status.rawValue: 1], to: lane, in: db)
        }
        return true
    }
}
