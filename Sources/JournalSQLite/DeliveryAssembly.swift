import Events
import GRDB
import Journal
import JournalFormat

/// Puts deliveries together from runs, rows and attempts.
struct DeliveryAssembly {
    let db: Database
    let names: NameTable
    private var neighbours: NeighbourDeliveries?

    init(db: Database, names: NameTable) {
        self.db = db
        self.names = names
    }

    /// Reads at once what there is of these events, so that ``all(of:at:)`` does not look up each; nil ends that.
    mutating func load(_ range: ClosedRange<Int64>?) throws {
        neighbours = try range.map { try NeighbourDeliveries(of: $0, names.laneList, in: db) }
    }

    /// One delivery per destination of the event's plan, in the plan's order; then those that lanes have an outcome for.
    func all(of event: AcceptedEvent, at sequence: Int64) throws -> [Delivery] {
        var known = neighbours
        // Of many lanes, few have taken the event: it is cheaper to see which.
        if known?.range.contains(sequence) != true, !names.laneList.isEmpty {
            known = try NeighbourDeliveries(of: sequence...sequence, names.laneList, in: db)
        }
        let planned = try event.plan.destinations.map { destination in
            try names.providerNumbers[destination.provider].flatMap { number in
                try delivery(sequence, number, to: destination, known)
            } ?? .pending(destination)
        }
        guard let lanes = known?.lanes, !lanes.isEmpty else { return planned }
        return try planned
            + lanes.compactMap { account in
                try delivery(sequence, account.number, to: account.destination, of: account.lane, known)
            }
    }

    /// The outcome of an event at an account; nil if nothing yet.
    private func delivery(
        _ sequence: Int64,
        _ account: Int64,
        to destination: Destination,
        of lane: LaneNumber? = nil,
        _ known: NeighbourDeliveries?
    ) throws -> Delivery? {
        let isKnown = known?.range.contains(sequence) ?? false
        let row =
            isKnown
            ? known?.row(sequence, account)
            : try DeliveryRow.fetch(sequence: sequence, provider: account, in: db)
        if let row { return try delivery(row, to: destination, of: lane, known) }
        let outcome =
            isKnown
            ? known?.runs.outcome(at: sequence, account)
            : try SettledRuns.outcome(at: sequence, account, in: db)
        guard let outcome else { return nil }
        return Delivery(settledBy: outcome.attempt, to: destination, of: lane)
    }

    /// The delivery of a row.
    /// - Parameters:
    ///   - lane: whose account the row is of.
    ///   - known: deliveries that were read already.
    func delivery(
        _ row: DeliveryRow,
        to destination: Destination,
        of lane: LaneNumber? = nil,
        _ known: NeighbourDeliveries? = nil
    ) throws -> Delivery {
        let history = try known?.attempts(of: row) ?? attempts(of: row)
        return Delivery(
            provider: destination.provider,
            adapter: destination.adapter,
            mode: destination.mode,
            lane: lane,
            status: row.status,
            attempts: row.attempts,
            deduplicated: history.last?.deduplicated ?? false,
            httpStatus: history.last?.httpStatus,
            latency: history.last?.latency,
            nextAttemptAt: row.nextAttemptAt,
            fault: row.faultIsLastAttempts ? history.last?.fault : row.fault,
            history: history,
            amendments: try neighbours?.amendments(of: row)
                ?? AmendmentTable.all(sequence: row.sequence, provider: row.provider, in: db)
        )
    }

    private func attempts(of row: DeliveryRow) throws -> [Attempt] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT \(Attempt.columns) FROM attempts WHERE sequence = ? AND provider = ? ORDER BY ordinal"
            ),
            arguments: [row.sequence, row.provider]
        ).map { try Attempt($0, from: 0) }
    }
}

extension Attempt {
    /// What a row of the table `attempts` says of it.
    static let columns = "at, latency, http_status, status, deduplicated, fault_code, fault_message, fault_vendor"

    /// - Parameter column: where the ``columns`` begin.
    init(_ row: Row, from column: Int) throws {
        try self.init(
            at: Timestamp(milliseconds: row.value(column)),
            latency: .microseconds(row.value(column + 1) as Int64),
            httpStatus: row.value(column + 2),
            status: DeliveryRow.status(row.value(column + 3)),
            deduplicated: row.value(column + 4),
            fault: DeliveryRow.fault(row, from: column + 5)
        )
    }
}

/// A row of the table `deliveries`.
struct DeliveryRow: Sendable {
    static let columns = """
        sequence, provider, status, attempts, next_attempt_at, fault_is_last_attempts,
        fault_code, fault_message, fault_vendor
        """

    let sequence: Int64
    let provider: Int64
    let status: DeliveryStatus
    let attempts: Int
    let nextAttemptAt: Timestamp?
    /// The fault is the last attempt's and stands there.
    let faultIsLastAttempts: Bool
    let fault: DeliveryFault?

    /// - Parameter row: has the ``columns``.
    init(_ row: Row) throws {
        sequence = try row.value(0)
        provider = try row.value(1)
        status = try Self.status(row.value(2))
        attempts = try row.attempts(3)
        nextAttemptAt = try (row.value(4) as Int64?).map { Timestamp(milliseconds: $0) }
        faultIsLastAttempts = try row.value(5)
        fault = try Self.fault(row, from: 6)
    }

    static func fetch(sequence: Int64, provider: Int64, in db: Database) throws -> DeliveryRow? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(columns) FROM deliveries WHERE sequence = ? AND provider = ?"),
            arguments: [sequence, provider]
        ).map(DeliveryRow.init)
    }

    static func status(_ text: String) throws -> DeliveryStatus {
        guard let status = DeliveryStatus(rawValue: text) else { throw UnknownWord(word: text) }
        return status
    }

    /// The fault in three columns: code, message, the vendor's message.
    static func fault(_ row: Row, from column: Int) throws -> DeliveryFault? {
        guard let code = try row.value(column) as String? else { return nil }
        guard let known = DeliveryErrorCode(rawValue: code) else { throw UnknownWord(word: code) }
        return try DeliveryFault(code: known, message: row.value(column + 1) ?? "", vendor: row.value(column + 2))
    }
}

/// A row says something that this version does not know.
struct UnknownWord: Error, CustomStringConvertible {
    let word: String

    var description: String { "a database row contains \"\(word)\", which this version does not recognize" }
}
