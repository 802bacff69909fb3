import Events
import Journal
import JournalFormat

/// A row of the table `deliveries`.
struct DeliveryRow: Sendable {
    let sequence: Int64
    let account: Int32
    let status: DeliveryStatus
    let attempts: Int
    let nextAttemptAt: Timestamp?
    /// The fault is the last attempt's and stands there.
    let faultIsLastAttempts: Bool
    let fault: DeliveryFault?

    /// - Parameter row: `sequence, account, status, attempts, next_attempt_at, fault_is_last_attempts`, and the fault.
    init(_ row: Row) throws(PostgresFailure) {
        sequence = row.integer(0)
        account = Int32(clamping: row.integer(1))
        status = try row.known(2)
        attempts = Int(clamping: row.integer(3))
        nextAttemptAt = row.optionalInteger(4).map { Timestamp(milliseconds: $0) }
        faultIsLastAttempts = row.bool(5)
        fault = try row.fault(6)
    }
}

extension Attempt {
    /// - Parameter column: where `at, latency, http_status, status, deduplicated` and the fault begin.
    init(_ row: Row, from column: Int) throws(PostgresFailure) {
        self.init(
            at: Timestamp(milliseconds: row.integer(column)),
            latency: .microseconds(row.integer(column + 1)),
            httpStatus: row.optionalInteger(column + 2).map { Int($0) },
            status: try row.known(column + 3),
            deduplicated: row.bool(column + 4),
            fault: try row.fault(column + 5)
        )
    }
}

/// A row of the table `delivered`: deliveries that succeeded at once, or that were translated only.
struct RunRow: Sendable {
    let account: Int32
    let first: Int64
    let last: Int64
    /// The attempt that delivered them; nil if they were translated only.
    let attempt: Attempt?
    /// Nil: all of the account's events from the first to the last that have no row.
    private let members: RunMembers?

    /// - Parameter row: `account, first, last, at, latency, http_status, deduplicated, skipped, members`.
    init(_ row: Row) throws(PostgresFailure) {
        account = Int32(clamping: row.integer(0))
        first = row.integer(1)
        last = row.integer(2)
        members = try row.members(8, first: row.integer(1))
        attempt =
            row.bool(7)
            ? nil
            : Attempt(
                at: Timestamp(milliseconds: row.integer(3)),
                latency: .microseconds(row.integer(4)),
                httpStatus: row.optionalInteger(5).map { Int($0) },
                status: .delivered,
                deduplicated: row.bool(6)
            )
    }

    func holds(_ sequence: Int64) -> Bool {
        sequence >= first && sequence <= last && members?.contains(sequence) ?? true
    }

    /// Its events from one on. A run is not longer than a span, whatever its row says.
    func sequences(from start: Int64) -> [Int64] {
        let (start, end) = (max(first, start), min(last, first | (RunMembers.span - 1)))
        return start <= end ? (start...end).filter { holds($0) } : []
    }
}

extension Row {
    /// A word of one of our enumerations.
    func known<Word: RawRepresentable<String>>(_ column: Int) throws(PostgresFailure) -> Word {
        guard let word = Word(rawValue: text(column)) else { throw Self.unknown(text(column)) }
        return word
    }

    /// The members of a run; nil for `NULL`, a run of neighbours.
    /// - Parameter first: the run's first event.
    func members(_ column: Int, first: Int64) throws(PostgresFailure) -> RunMembers? {
        do throws(DamagedMembers) {
            return try RunMembers(decoding: optionalBytes(column), first: first)
        } catch {
            throw .refused(.dataException, message: error.description)
        }
    }

    /// The fault in three columns: code, message, the vendor's message.
    func fault(_ column: Int) throws(PostgresFailure) -> DeliveryFault? {
        guard let code = optionalText(column) else { return nil }
        guard let known = DeliveryErrorCode(rawValue: code) else { throw Self.unknown(code) }
        return DeliveryFault(code: known, message: optionalText(column + 1) ?? "", vendor: optionalText(column + 2))
    }

    static func unknown(_ word: String) -> PostgresFailure {
        .refused(.dataException, message: "a row contains \"\(word)\", which this version does not know")
    }
}
