import Events
import GRDB

/// Looks for the only events that a filter can take because of the delivery states that it asks for.
struct CandidateScan: Sendable {
    /// Ascending; nil if the rows do not tell, or would name too many.
    private(set) var sequences: [Int64]?
    private(set) var isDone: Bool
    private let condition: String
    private var position = DeliveryRow.Position.start

    /// States that a delivery has only if there is a row for it.
    private static let ownStates: Set<DeliveryStatus> = [.retrying, .rejected, .uncertain, .skipped, .discarded]
    /// More events than this are not looked for by their rows: where so many are meant, a look at each event soon finds a page.
    private static let mostEvents = 100_000

    init(_ filter: EventFilter, _ names: NameTable) {
        let statuses = filter.deliveryStatuses
        isDone = statuses.isEmpty || !statuses.isSubset(of: Self.ownStates)
        sequences = isDone ? nil : []
        let words = statuses.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        let accounts = filter.provider.map { names.accounts(of: $0).map { "\($0)" }.joined(separator: ", ") }
        let provider = accounts.map { " AND provider IN (\($0))" } ?? ""
        condition = "status IN (\(words))\(provider)"
    }

    mutating func step(in db: Database) throws {
        let end = try DeliveryRow.position(behind: position, in: db)
        let found = try Int64.fetchAll(
            db,
            sql: """
                SELECT DISTINCT sequence FROM deliveries
                WHERE (sequence, provider) > (?, ?) AND (sequence, provider) <= (?, ?) AND \(condition) ORDER BY sequence
                """,
            arguments: [position.sequence, position.provider, (end ?? .end).sequence, (end ?? .end).provider]
        )
        // The rows of one event may lie on both sides of the border.
        let last = sequences?.last
        sequences?.append(contentsOf: found.drop { $0 == last })
        if sequences?.count ?? 0 > Self.mostEvents { return giveUp() }
        position = end ?? .end
        isDone = end == nil
    }

    /// Leaves it to a look at each event.
    mutating func giveUp() {
        sequences = nil
        isDone = true
    }
}

extension DeliveryRow {
    /// Where a walk through the table stands.
    struct Position: Sendable, Equatable {
        let sequence: Int64
        let provider: Int64

        static let start = Position(sequence: 0, provider: 0)
        static let end = Position(sequence: .max, provider: .max)
    }

    /// Rows that one step of a walk looks at.
    private static let rowsPerStep = 20_000

    /// Where the next step of a walk ends; nil if it reaches the end of the table.
    static func position(behind position: Position, in db: Database) throws -> Position? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT sequence, provider FROM deliveries WHERE (sequence, provider) > (?, ?)
                    ORDER BY sequence, provider LIMIT 1 OFFSET \(rowsPerStep - 1)
                    """
            ),
            arguments: [position.sequence, position.provider]
        ).map { try Position(sequence: $0.value(0), provider: $0.value(1)) }
    }
}
