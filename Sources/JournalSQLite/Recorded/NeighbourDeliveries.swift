import Events
import GRDB

/// The deliveries of neighbouring events, read at once.
struct NeighbourDeliveries {
    private struct Key: Hashable {
        let sequence: Int64
        let provider: Int64
    }

    let range: ClosedRange<Int64>
    let runs: SettledRuns
    /// The lanes that have an outcome for one of the events.
    let lanes: [LaneAccount]
    private var rows: [Key: DeliveryRow] = [:]
    private var attempts: [Key: [Attempt]] = [:]
    private var amendments: [Key: [DeliveryAmendment]] = [:]

    init(of range: ClosedRange<Int64>, _ lanes: [LaneAccount], in db: Database) throws {
        self.range = range
        runs = try SettledRuns(of: range, in: db)
        let bounds: StatementArguments = [range.lowerBound, range.upperBound]
        let found = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(DeliveryRow.columns) FROM deliveries WHERE sequence BETWEEN ? AND ?"),
            arguments: bounds
        )
        while let row = try found.next().map(DeliveryRow.init) {
            rows[Key(sequence: row.sequence, provider: row.provider)] = row
        }
        let accounts = lanes.isEmpty ? [] : Set(runs.accounts).union(rows.keys.map(\.provider))
        self.lanes = lanes.filter { accounts.contains($0.number) }
        guard !rows.isEmpty else { return }
        let tries = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT sequence, provider, \(Attempt.columns) FROM attempts WHERE sequence BETWEEN ? AND ?
                    ORDER BY sequence, provider, ordinal
                    """
            ),
            arguments: bounds
        )
        while let row = try tries.next() {
            try attempts[Key(sequence: row.value(0), provider: row.value(1)), default: []].append(Attempt(row, from: 2))
        }
        let amended = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT sequence, provider, \(DeliveryAmendment.columns) FROM amendments
                    WHERE sequence BETWEEN ? AND ? ORDER BY sequence, provider, first_attempt
                    """
            ),
            arguments: bounds
        )
        while let row = try amended.next() {
            let amendment = try DeliveryAmendment(row, from: 2)
            try amendments[Key(sequence: row.value(0), provider: row.value(1)), default: []].append(amendment)
        }
    }

    func row(_ sequence: Int64, _ provider: Int64) -> DeliveryRow? {
        rows[Key(sequence: sequence, provider: provider)]
    }

    /// What was tried of a delivery; nil if it is not one of these.
    func attempts(of row: DeliveryRow) -> [Attempt]? {
        guard range.contains(row.sequence) else { return nil }
        return attempts[Key(sequence: row.sequence, provider: row.provider)] ?? []
    }

    /// The settings that took the place of others; nil if it is not one of these.
    func amendments(of row: DeliveryRow) -> [DeliveryAmendment]? {
        guard range.contains(row.sequence) else { return nil }
        return amendments[Key(sequence: row.sequence, provider: row.provider)] ?? []
    }
}
