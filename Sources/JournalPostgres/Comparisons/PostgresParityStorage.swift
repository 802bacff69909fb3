package import Events
import Logging
package import Parity
import Synchronization

/// Comparisons in the tables of the journal, where all gateways see them. Each run is made by one gateway: whoever takes it, until it is
/// over or the gateway is buried.
package final class PostgresParityStorage: Sendable {
    /// The right to write the progress of a run.
    private struct Lease: Sendable {
        let node: Int64
        let epoch: Int64
    }

    let connection: PostgresConnection
    private let keeper: NodeKeeper
    private let leases = Mutex<[Int64: Lease]>([:])

    init(_ settings: PostgresStoreSettings, keeper: NodeKeeper) {
        var connection = settings.connection("comparisons")
        // A window can have many findings, and old runs are removed at once; nobody waits for either.
        (connection.patience, connection.statementTimeout) = (.seconds(60), .seconds(50))
        self.connection = PostgresConnection(connection)
        self.keeper = keeper
    }

    // MARK: What the parts share

    /// Runs statements if this gateway makes the run: all of them or none.
    /// - Throws: ``ParityError/taken(_:)`` if it does not.
    @discardableResult
    func write(_ statements: [(Statement, [Parameter])], of id: Int64) async throws(ParityError) -> [Rows] {
        guard let lease = leases.withLock({ $0[id] }) else { throw .taken(id) }
        let fence: [Parameter] = [.int8(id), .int8(lease.node), .int8(lease.epoch)]
        do throws(PostgresFailure) {
            return Array(try await connection.transaction([(.fenceParityRun, fence)] + statements).dropFirst())
        } catch {
            guard error.isRefusal(.divisionByZero) else { throw .store(error.reason) }
        }
        leases.withLock { $0[id] = nil }
        throw .taken(id)
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresSession) throws(PostgresFailure) -> Result<Value, ParityError>
    ) async throws(ParityError) -> Value {
        let result: Result<Value, ParityError>
        do throws(PostgresFailure) {
            result = try await connection.read(body)
        } catch {
            throw .store(error.reason)
        }
        return try result.get()
    }

    func run(_ statement: Statement, _ parameters: [Parameter]) async throws(ParityError) -> Rows {
        do throws(PostgresFailure) {
            return try await connection.run(statement, parameters)
        } catch {
            throw .store(error.reason)
        }
    }

    // MARK: Leases

    package func next() async throws(ParityError) -> ParityRun? {
        guard let node = keeper.node, let row = try await run(.takeParityRun, [.int8(node)]).first else { return nil }
        let (id, lease) = (row.integer(0), Lease(node: node, epoch: row.integer(1)))
        leases.withLock { $0[id] = lease }
        return try await run(id, at: Timestamp(milliseconds: 0))
    }
}

extension PostgresParityStorage: ParityStorage {
    package var isShared: Bool { true }

    package func close() async { await connection.close() }

    package func add(_ order: ParityOrder, for tenant: TenantID, by client: ClientName, at now: Timestamp)
        async throws(ParityError) -> ParityRun
    {
        let parameters: [Parameter] = [
            .text(tenant.rawValue), .text(client.rawValue), .int8(now.milliseconds),
            .int8(order.window.from.milliseconds), .int8(order.window.until.milliseconds),
            .text(order.storedLevel.storable),
            .int8(Int64(order.sample)), .texts(order.providers.map(\.rawValue)), .int8(Int64(Self.mostOpen)),
        ]
        guard let row = try await run(.addParityRun, parameters).first else { throw .tooMany(limit: Self.mostOpen) }
        let id = row.integer(0)
        try await removeOld(before: id - Self.mostRuns)
        return ParityRun(
            id: id,
            order: order,
            tenant: tenant,
            client: client,
            requestedAt: now,
            reports: order.providers.map { ProviderReport(provider: $0) }
        )
    }

    private func removeOld(before id: Int64) async throws(ParityError) {
        let old = try await run(.readOldParityRuns, [.int8(id)]).map { $0.integer(0) }
        guard !old.isEmpty else { return }
        do throws(PostgresFailure) {
            try await connection.transaction(Statement.removeParityRuns.map { ($0, [.int8s(old)]) })
        } catch {
            throw .store(error.reason)
        }
    }

    package func run(_ id: Int64, at now: Timestamp) async throws(ParityError) -> ParityRun? {
        try await runs(.readParityRun, [.int8(id)], at: now).first
    }

    package func runs(before id: Int64?, limit: Int, at now: Timestamp) async throws(ParityError) -> [ParityRun] {
        try await runs(.readParityRuns, [.int8(id ?? .max), .int8(Int64(limit))], at: now)
    }

    private func runs(
        _ statement: Statement,
        _ parameters: [Parameter],
        at now: Timestamp
    ) async throws(ParityError) -> [ParityRun] {
        try await read { (session) throws(PostgresFailure) in
            let acceptances = try Self.acceptances(at: now, session)
            var runs: [ParityRun] = []
            for row in try session.run(statement, parameters) {
                let reports = try ParityReports(of: row.integer(0), acceptances, session).reports
                guard let run = ParityRun(row, reports) else {
                    return .failure(
                        .store("comparison \(row.integer(0)) was written by another version, or is damaged")
                    )
                }
                runs.append(run)
            }
            return .success(runs)
        }
    }

    static func acceptances(at now: Timestamp, _ session: PostgresSession) throws(PostgresFailure) -> [Acceptance] {
        try session.run(.readParityAcceptances, [.int8(now.milliseconds)]).compactMap { Acceptance($0) }
    }

    // MARK: Progress

    package func set(
        _ state: ParityRun.State,
        of id: Int64,
        reason: String?,
        at now: Timestamp
    ) async throws(ParityError) {
        let parameters: [Parameter] = [
            .int8(id), .text(state.rawValue), .text(reason?.storable), .int8(state.isOver ? now.milliseconds : nil),
        ]
        try await write([(.setParityState, parameters)], of: id)
        if state.isOver { leases.withLock { $0[id] = nil } }
    }

    package func plan(_ windows: [ReadWindow], events: Int, _ reports: [ProviderReport], for id: Int64)
        async throws(ParityError)
    {
        let starts: Parameter = .int8s(windows.map(\.from.milliseconds))
        let ends: Parameter = .int8s(windows.map(\.until.milliseconds))
        let providers: [Parameter] = [
            .int8(id), .texts(reports.map(\.provider.rawValue)),
            .int8s(reports.map { $0.forecast.map { Int64($0.least) } }),
            .int8s(reports.map { $0.forecast.map { Int64($0.most) } }), .int8s(reports.map { Int64($0.notPlanned) }),
        ]
        try await write(
            [
                (.removeParityWindows, [.int8(id)]), (.addParityWindows, [.int8(id), starts, ends]),
                (.planParityProviders, providers), (.startParityReading, [.int8(id), .int8(Int64(events))]),
            ],
            of: id
        )
    }

    package func note(calls: Int, fault: String?, at provider: ProviderName, for id: Int64) async throws(ParityError) {
        let parameters: [Parameter] = [
            .int8(id), .text(provider.rawValue), .int8(Int64(calls)), .text(fault?.storable),
        ]
        try await write([(.noteParityCalls, parameters)], of: id)
    }

    package func windows(_ state: WindowState, of id: Int64, limit: Int) async throws(ParityError) -> [ReadWindow] {
        var windows: [ReadWindow] = []
        for row in try await run(.readParityWindows, [.int8(id), .text(state.rawValue), .int8(Int64(limit))]) {
            guard let window = ReadWindow(storedFrom: row.integer(0), until: row.integer(1)) else {
                throw .store("comparison \(id) has a window that ends before it begins; the database is damaged")
            }
            windows.append(window)
        }
        return windows
    }

    package func split(
        _ window: ReadWindow,
        into halves: (ReadWindow, ReadWindow),
        of id: Int64
    ) async throws(ParityError) {
        let new: [Parameter] = [
            .int8(id), .int8s([halves.0.from.milliseconds, halves.1.from.milliseconds]),
            .int8s([halves.0.until.milliseconds, halves.1.until.milliseconds]),
        ]
        try await write(
            [
                (.removeParityWindow, [.int8(id), .int8(window.from.milliseconds)]), (.addParityWindows, new),
            ],
            of: id
        )
    }
}

extension Acceptance {
    /// - Parameter row: of ``Statement/readParityAcceptances``.
    /// - Returns: nil if its cause is one of a newer version.
    init?(_ row: Row) {
        guard let cause = Cause(rawValue: row.text(0)) else { return nil }
        self.init(
            cause: cause,
            provider: row.optionalText(1).map { ProviderName($0) },
            name: row.optionalText(2),
            reason: row.text(3),
            until: Timestamp(milliseconds: row.integer(4)),
            by: ClientName(row.text(5)),
            at: Timestamp(milliseconds: row.integer(6))
        )
    }
}
