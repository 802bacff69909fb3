import Events
import Journal
import JournalFormat

/// Moves what is known of deliveries, as a whole: what an interrupted move has left of it is replaced.
struct LedgerMove: Sendable {
    let source: any MovableJournal
    let connection: PostgresConnection
    let names: MovedNames

    private static let rowsPerCommit = 2000
    private static let bytesPerRead = 4 << 20

    // MARK: Runs

    /// Moves the runs, each cut at the borders of chunks: here, a chunk's runs begin in it.
    /// - Parameter told: called with how many events were examined.
    /// - Returns: how many runs there are now.
    func moveRuns(_ told: (Int) -> Void) async throws(StoreError) -> Int {
        let lanes = Set(names.accounts.lazy.filter(\.isLane).map(\.number))
        let accounts = Self.accountsByPlan(names)
        var (last, count): (Int64, Int) = (0, 0)
        while true {
            let chunks = try await source.movedChunks(after: last, limitBytes: Self.bytesPerRead)
            guard let first = chunks.first?.first, let end = chunks.last?.last else { return count }
            let outcomes = try await source.movedOutcomes(of: first...end)
            let runs = try pieces(of: outcomes, in: chunks, lanes, accounts)
            for start in stride(from: 0, to: runs.count, by: Self.rowsPerCommit) {
                try await store(Array(runs[start..<min(start + Self.rowsPerCommit, runs.count)]), lanes)
            }
            count += runs.count
            told(chunks.reduce(0) { $0 + Int($1.count) })
            last = end
        }
    }

    /// What the runs have of each chunk.
    private func pieces(
        of outcomes: MovedOutcomes,
        in chunks: [MovedChunk],
        _ lanes: Set<Int64>,
        _ accounts: [UInt64: [Int64]]
    ) throws(StoreError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = outcomes.runs[...]
        // Those that have begun, and do not end before the chunk.
        var current: [MovedOutcomes.Run] = []
        for chunk in chunks {
            current.removeAll { $0.last < chunk.first }
            while let run = rest.first, run.first <= chunk.last {
                current.append(rest.removeFirst())
            }
            guard !current.isEmpty else { continue }
            let events = MovedEvents(chunk)
            for run in current {
                let isLane = lanes.contains(run.account)
                do throws(DamagedMembers) {
                    let own = try events.events(of: run, accounts: accounts, rows: outcomes.rows, isLane: isLane)
                    if !own.isEmpty { pieces.append((run, own)) }
                } catch {
                    throw .failed(reason: error.description)
                }
            }
        }
        return pieces
    }

    /// What one chunk has of a run.
    private typealias Piece = (run: MovedOutcomes.Run, events: [Int64])

    private func store(_ runs: [Piece], _ lanes: Set<Int64>) async throws(StoreError) {
        let members = runs.map { run, events in
            lanes.contains(run.account) ? RunMembers(events.map { SequenceNumber($0) }[...])?.encoded : nil
        }
        try await attempt(
            .moveRuns,
            [
                .int4s(runs.map { Int32(clamping: $0.run.account) }), .int8s(runs.map { $0.events[0] }),
                .int8s(runs.map { $0.events[$0.events.count - 1] }),
                .int4s(runs.map { Int32(clamping: $0.events.count) }),
                .int8s(runs.map(\.run.at)), .int8s(runs.map(\.run.latency)),
                .int2s(runs.map { $0.run.httpStatus.map { Int16(clamping: $0) } }),
                .bools(runs.map(\.run.deduplicated)), .bools(runs.map(\.run.skipped)), .byteas(members),
            ]
        )
    }

    private static func accountsByPlan(_ names: MovedNames) -> [UInt64: [Int64]] {
        let numbers = Dictionary(names.accounts.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
        var accounts: [UInt64: [Int64]] = [:]
        for plan in names.plans {
            let destinations = PlanCoding.decode(plan.encoded)?.destinations ?? []
            accounts[UInt64(clamping: plan.number)] = destinations.compactMap { numbers[$0.provider.rawValue] }
        }
        return accounts
    }

    // MARK: Rows

    /// Moves cursors, and what may be on its way to a vendor.
    func moveCursors() async throws(StoreError) {
        try await attempt(
            .moveCursors,
            [
                .int4s(names.accounts.map { Int32(clamping: $0.number) }), .int8s(names.accounts.map(\.cursor)),
            ]
        )
        for (account, sequences) in try await source.movedIntents() {
            try await attempt(.moveFlight, [.int4(Int32(clamping: account)), .int8s(sequences)])
        }
    }

    /// Moves all rows of a table.
    /// - Parameter told: called with how many rows were moved.
    func moveRows(of table: MovedTable, _ told: (Int) -> Void) async throws(StoreError) {
        var key: [MovedValue]?
        while true {
            let rows = try await source.movedRows(of: table, after: key, limit: Self.rowsPerCommit)
            guard let last = rows.last else { return }
            if table == .holds || table == .operatorHolds { try await addAccounts(of: rows) }
            let parameters = table.columns.enumerated().map { index, column in
                Self.parameter(column.kind, rows.map { $0[index] })
            }
            try await attempt(.move(table), parameters)
            told(rows.count)
            key = Array(last.prefix(table.keyCount))
        }
    }

    /// Providers that are held before they have had an event.
    private func addAccounts(of rows: [[MovedValue]]) async throws(StoreError) {
        try await attempt(.addAccounts, [.texts(rows.map { $0[0].text })])
    }

    private static func parameter(_ kind: MovedColumn.Kind, _ values: [MovedValue]) -> Parameter {
        switch kind {
        case .int2: .int2s(values.map { $0.integer.map { Int16(clamping: $0) } })
        case .int4: .int4s(values.map { $0.integer.map { Int32(clamping: $0) } })
        case .int8: .int8s(values.map(\.integer))
        case .bool: .bools(values.map { $0.integer.map { $0 != 0 } })
        case .float8, .text: .texts(values.map(\.text))
        case .bytea: .byteas(values.map(\.bytes))
        }
    }

    @discardableResult
    func attempt(_ statement: Statement, _ parameters: [Parameter] = []) async throws(StoreError) -> Rows {
        do throws(PostgresFailure) {
            return try await connection.run(statement, parameters)
        } catch {
            throw .failed(reason: error.reason)
        }
    }
}

extension MovedValue {
    fileprivate var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// As PostgreSQL takes it, which has no text with a zero byte.
    fileprivate var text: String? {
        switch self {
        case .text(let text): text.storable
        case .real(let number): "\(number)"
        case .integer(let number): "\(number)"
        case .null, .bytes: nil
        }
    }

    fileprivate var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }
}
