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
    private var rows: [Key: DeliveryRow] = [:]
    private var attempts: [Key: [Attempt]] = [:]

    init(of range: ClosedRange<Int64>, in db: Database) throws {
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
            attempts[Key(sequence: row[0], provider: row[1]), default: []].append(try Attempt(row, from: 2))
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
}
