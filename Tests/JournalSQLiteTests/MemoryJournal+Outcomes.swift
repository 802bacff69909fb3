import Events
import Foundation
import GRDB
import JournalFormat

@testable import JournalSQLite

/// Rows with the outcomes of deliveries.
extension MemoryJournal {
    /// Adds a run.
    /// - Parameter members: its events, where others lie between them.
    func addRun(
        _ range: ClosedRange<Int64>,
        _ account: Int64,
        at time: Int64 = 0,
        isSkipped: Bool = false,
        isDeduplicated: Bool = false,
        members: [Int64]? = nil
    ) throws {
        let bits = members.flatMap { RunMembers($0.map { SequenceNumber($0) }[...]) }
        try execute(
            """
            INSERT INTO delivered(first, provider, last, at, latency, http_status, deduplicated, skipped, members)
            VALUES(?, ?, ?, ?, 1500, 200, ?, ?, ?)
            """,
            [
                range.lowerBound, account, range.upperBound, time, isDeduplicated, isSkipped,
                bits.map { Data($0.encoded) },
            ]
        )
    }

    /// Adds a delivery that has a row, without its attempts.
    func addRow(
        _ sequence: Int64,
        _ account: Int64,
        _ status: DeliveryStatus,
        attempts: Int = 1,
        due: Int64? = nil,
        reachedAt: Int64? = nil,
        code: DeliveryErrorCode? = nil,
        faultIsLastAttempts: Bool = false,
        origin: Int64 = 1
    ) throws {
        try execute(
            """
            INSERT INTO deliveries(sequence, provider, origin, status, attempts, next_attempt_at, reached_at,
                fault_is_last_attempts, fault_code, fault_message, fault_vendor)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
            """,
            [
                sequence, account, origin, status.rawValue, attempts, due, reachedAt, faultIsLastAttempts,
                code?.rawValue, code.map { "message of \($0.rawValue)" },
            ]
        )
    }

    /// Adds an attempt of such a delivery.
    func addAttempt(
        _ sequence: Int64,
        _ account: Int64,
        _ ordinal: Int,
        _ status: DeliveryStatus,
        at time: Int64 = 0,
        httpStatus: Int? = 503,
        isDeduplicated: Bool = false,
        code: DeliveryErrorCode? = nil
    ) throws {
        try execute(
            """
            INSERT INTO attempts(sequence, provider, ordinal, at, latency, http_status, status, deduplicated,
                fault_code, fault_message, fault_vendor)
            VALUES(?, ?, ?, ?, 2500, ?, ?, ?, ?, ?, NULL)
            """,
            [
                sequence, account, ordinal, time, httpStatus, status.rawValue, isDeduplicated, code?.rawValue,
                code.map { "message of \($0.rawValue)" },
            ]
        )
    }
}
