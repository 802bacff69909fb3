import Events
import Journal
import JournalFormat

/// The outcome of some events at the accounts of their plans, and at those of lanes.
struct DeliveryOutcomes: Sendable {
    /// What never changes about a lane's account in the ledger.
    struct LaneAccount: Sendable {
        let lane: LaneNumber
        let number: Int32
        let provider: ProviderName
        let adapter: AdapterName

        /// Stands for where the lane sends, in answers; how events are said there, the lane's membership tells.
        var destination: Destination { Destination(provider: provider, adapter: adapter, mode: .mirror) }
    }

    private struct Key: Hashable {
        let account: Int32
        let number: Int64
    }

    let lanes: [LaneAccount]
    private var rows: [Key: DeliveryRow] = [:]
    /// By account and the lowest number of their span.
    private var runs: [Key: [RunRow]] = [:]

    /// - Parameter accounts: those of the events' plans.
    init(
        of sequences: [Int64],
        at accounts: Set<Int32>,
        _ session: PostgresSession
    ) throws(PostgresFailure) {
        lanes = try Self.lanes(session)
        for row in try session.run(.readDeliveryRows, [.int8s(sequences)]) {
            let row = try DeliveryRow(row)
            rows[Key(account: row.account, number: row.sequence)] = row
        }
        let spans = Set(sequences.map(Self.span))
        var keys: [Key] = []
        for account in accounts.union(lanes.map(\.number)) {
            keys += spans.map { Key(account: account, number: $0) }
        }
        guard !keys.isEmpty else { return }
        let parameters: [Parameter] = [
            .int4s(keys.map(\.account)), .int2s(keys.map { SlotNumbers.slot(of: $0.number) }),
            .int8s(keys.map(\.number)),
        ]
        for row in try session.run(.readRuns, parameters) {
            let run = try RunRow(row)
            runs[Key(account: run.account, number: Self.span(run.first)), default: []].append(run)
        }
    }

    /// The delivery's own row, if it has one.
    func row(_ sequence: Int64, _ account: Int32) -> DeliveryRow? { rows[Key(account: account, number: sequence)] }

    /// All rows of their own.
    var allRows: some Collection<DeliveryRow> { rows.values }

    /// The run that holds the delivery, if it has no row: the last that begins before it, where one lies within another.
    func run(_ sequence: Int64, _ account: Int32) -> RunRow? {
        runs[Key(account: account, number: Self.span(sequence))]?.last { $0.holds(sequence) }
    }

    /// Nil if there is no outcome yet.
    func status(_ sequence: Int64, _ account: Int32) -> DeliveryStatus? {
        if let row = row(sequence, account) { return row.status }
        return run(sequence, account).map { $0.attempt == nil ? .skipped : .delivered }
    }

    private static func lanes(_ session: PostgresSession) throws(PostgresFailure) -> [LaneAccount] {
        try session.run(.readLaneAccounts, []).map { row in
            LaneAccount(
                lane: LaneNumber(row.integer(0)),
                number: Int32(clamping: row.integer(1)),
                provider: ProviderName(row.text(2)),
                adapter: AdapterName(row.text(3))
            )
        }
    }

    /// The lowest number of the span that a run with this event stays within.
    private static func span(_ sequence: Int64) -> Int64 { sequence - sequence % RunMembers.span }
}
