import Events
import Journal
import JournalFormat

/// Compares a journal that was moved with where it came from.
struct MoveComparison: Sendable {
    let source: any MovableJournal
    let connection: PostgresConnection
    let settings: PostgresStoreSettings

    private static let chunksPerRead: Int64 = 5000
    private static let bytesPerRead = 4 << 20

    /// - Parameters:
    ///   - contents: what the source has.
    ///   - runs: how many runs were moved.
    ///   - told: called with how many chunks were compared.
    /// - Returns: how many deliveries wait.
    /// - Throws: ``StoreError/unusable(path:reason:)`` with what differs.
    func run(
        _ contents: MovedContents,
        runs: Int,
        _ names: MovedNames,
        _ told: (Int) -> Void
    ) async throws(StoreError) -> Int {
        try await compareNames(names)
        try await compareCounts(contents, runs)
        try await compareChecksums(told)
        return try await compareBacklogs(names)
    }

    /// A number that stands for something else here would give events to another tenant or provider.
    private func compareNames(_ names: MovedNames) async throws(StoreError) {
        let origins = try await read(.readOrigins).map {
            MovedNames.Origin(number: $0.integer(0), tenant: $0.text(1), client: $0.text(2))
        }
        guard names.origins.allSatisfy(origins.contains) else { throw differs("the clients") }
        let plans = try await read(.readPlans).map { MovedNames.Plan(number: $0.integer(0), encoded: $0.bytes(1)) }
        guard plans.sorted(by: { $0.number < $1.number }) == names.plans else { throw differs("the plans") }
        let accounts = Dictionary(
            try await read(.readAccounts).map { ($0.integer(0), $0.text(1)) },
            uniquingKeysWith: { first, _ in first }
        )
        guard names.accounts.allSatisfy({ accounts[$0.number] == $0.name }) else { throw differs("the providers") }
    }

    private func compareCounts(_ contents: MovedContents, _ runs: Int) async throws(StoreError) {
        let found = try await read(.countMovedChunks)
        try expect(found.first?.integer(0), contents.chunks, "chunks")
        try expect(found.first?.integer(1), contents.events, "events")
        try expect(try await read(.countRuns).first?.integer(0), runs, "delivered runs")
        for table in MovedTable.allCases where table != .damage {
            try expect(
                try await read(.countRows(of: table)).first?.integer(0),
                contents.rows[table] ?? 0,
                "rows of \(table.rawValue)"
            )
        }
    }

    /// Each chunk has a checksum of its own at its end, which the source has verified: equal ones mean equal chunks.
    private func compareChecksums(_ told: (Int) -> Void) async throws(StoreError) {
        var rows: [(first: Int64, count: Int64, checksum: [UInt8])] = []
        var (next, last, readTo, compared): (Int, Int64, Int64, Int) = (0, 0, 0, 0)
        while true {
            let chunks = try await source.movedChunks(after: last, limitBytes: Self.bytesPerRead)
            guard let end = chunks.last else { return }
            for chunk in chunks {
                if next == rows.count {
                    let page = try await read(.readMovedChecksums, [.int8(readTo), .int8(Self.chunksPerRead)])
                    (rows, next) = (page.map { ($0.integer(0), $0.integer(1), $0.bytes(2)) }, 0)
                    readTo = rows.last?.first ?? readTo
                }
                guard next < rows.count, rows[next].first == chunk.first, rows[next].count == chunk.count,
                    rows[next].checksum.elementsEqual(chunk.content.suffix(8))
                else { throw differs("the chunk with the event \(chunk.first)") }
                next += 1
            }
            last = end.last
            compared += chunks.count
            told(compared)
        }
    }

    private func compareBacklogs(_ names: MovedNames) async throws(StoreError) -> Int {
        let backlogs = try await source.movedBacklogs()
        // The two stores count the events of damaged chunks at different times.
        let isDamaged = try await read(.countRows(of: .damage)).first?.integer(0) != 0
        var total = 0
        for account in names.accounts where !account.isLane {
            let number = Int32(clamping: account.number)
            let waiting = try await untried(of: number) + (read(.readRetries, [.int4(number)]).first?.integer(0) ?? 0)
            let expected = backlogs[account.name] ?? 0
            if !isDamaged { try expect(waiting, expected, "events that wait for \(account.name)") }
            total += Int(clamping: waiting)
        }
        return total
    }

    private func untried(of account: Int32) async throws(StoreError) -> Int64 {
        do throws(PostgresFailure) {
            return try await connection.read { (session) throws(PostgresFailure) in
                try BacklogCounts().untried(of: account, session)
            }
        } catch {
            throw .failed(reason: error.reason)
        }
    }

    private func expect(_ found: Int64?, _ expected: Int, _ what: String) throws(StoreError) {
        guard found == Int64(expected) else {
            throw differs("the number of \(what): \(found.map { "\($0)" } ?? "none") instead of \(expected)")
        }
    }

    private func differs(_ what: String) -> StoreError {
        .unusable(
            path: settings.schema,
            reason: "the moved journal differs in \(what); drop the schema and move the journal again"
        )
    }

    private func read(_ statement: Statement, _ parameters: [Parameter] = []) async throws(StoreError) -> Rows {
        do throws(PostgresFailure) {
            return try await connection.run(statement, parameters)
        } catch {
            throw .failed(reason: error.reason)
        }
    }
}
