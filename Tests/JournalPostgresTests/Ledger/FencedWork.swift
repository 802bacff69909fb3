import Events
import Journal
import Randomness

@testable import JournalPostgres

/// Statements of owners without a gateway around them, for tests that break something on purpose.
struct FencedWork: Sendable {
    /// Who holds the account, and how it speaks to the database.
    struct Owner: Sendable {
        let epoch: Int64
        let node: Int64
        let connection: PostgresConnection
    }

    let journal: TestJournal
    let connections: [PostgresConnection]
    let account: Int32
    /// What is done to the text of every statement.
    let rewrite: @Sendable (String) -> String

    init(
        _ journal: TestJournal,
        connections count: Int,
        rewrite: @escaping @Sendable (String) -> String = { $0 }
    ) async throws {
        self.journal = journal
        self.rewrite = rewrite
        connections = (0..<count).map { _ in journal.connection() }
        try await connections[0].run(.addAccounts, [.texts(["lago"])])
        account = Int32(try await connections[0].run(Statement("SELECT number FROM accounts"))[0].integer(0))
    }

    func close() async {
        for connection in connections { await connection.close() }
    }

    /// Enters a node that nobody keeps alive.
    func enter(_ node: Int64, over connection: PostgresConnection) async throws {
        let values: [Parameter] = [
            .int8(node), .text("test"), .text(""), .int4(1), .bytea([]), .float8(3_600_000),
        ]
        try await connection.run(.registerNode, values)
    }

    /// Takes nodes off the list, whatever they do.
    func bury(_ node: Int64, over connection: PostgresConnection) async throws {
        try await connection.run(.leave, [.int8(node)])
        for statement in Statement.freeWhatTheBuriedHeld { try await connection.run(statement) }
    }

    /// - Returns: the epoch; nil if somebody has the account.
    func take(as node: Int64, over connection: PostgresConnection) async throws -> Int64? {
        try await connection.run(.takeAccount, [.int8(node), .int4(account)]).first?.integer(0)
    }

    /// Settles rows, and says what is in flight from now on.
    /// - Parameter due: when those are sent again that are to be.
    /// - Returns: whether the fence found the account.
    @discardableResult
    func settle(
        _ rows: [(sequence: Int64, status: DeliveryStatus)],
        flying: [Int64]?,
        flight: Int64,
        by owner: Owner,
        due: Timestamp? = nil,
        slowly: Bool = false
    ) async throws -> Bool {
        let settlement = Settlement(
            provider: "lago",
            exceptions: rows.map { row in
                SettledDelivery(
                    sequence: SequenceNumber(row.sequence),
                    status: row.status,
                    nextAttemptAt: row.status == .retrying ? due : nil
                )
            }
        )
        let progress = AccountProgress(slots: [:])
        var batch = SettleBatch([.settle(settlement)], progress: progress)
        batch.flying = flying
        let settle = SettleParameters(
            batch: batch,
            before: [:],
            origins: [:],
            cursors: [],
            flight: flight,
            lane: nil,
            shadow: []
        )
        let statement = Statement(rewrite(Statement.settle.text))
        let parameters = settle.parameters(account: account, epoch: owner.epoch, node: owner.node)
        guard slowly else { return try await !owner.connection.run(statement, parameters).isEmpty }
        let sleep = (Statement("SELECT pg_sleep(0.05)"), [Parameter]())
        return try await !owner.connection.transaction([(statement, parameters), sleep])[0].isEmpty
    }

    /// Claims what is due by a time.
    func claimDue(at now: Timestamp, by owner: Owner) async throws -> [Int64] {
        let parameters: [Parameter] = fence(of: owner) + [.int8(now.milliseconds), .int8(9), .int8s(nil)]
        return try await owner.connection.run(.claimDue, parameters).compactMap { $0.optionalInteger(1) }
    }

    /// Gives back what is claimed.
    func unclaim(_ sequences: [Int64], flight: Int64, by owner: Owner) async throws {
        let parameters: [Parameter] = fence(of: owner) + [.int8s(sequences), .int8(flight), .int8s([])]
        try await owner.connection.run(.unclaim, parameters)
    }

    private func fence(of owner: Owner) -> [Parameter] { [.int4(account), .int8(owner.epoch), .int8(owner.node)] }

    /// What the newest row of `flights` names, read by a new owner.
    /// - Returns: nil if the fence did not find the account.
    func takeInterrupted(epoch: Int64, node: Int64, over connection: PostgresConnection) async throws -> [Int64]? {
        let fence: [Parameter] = [.int4(account), .int8(epoch), .int8(node)]
        let rows = try await connection.run(Statement(rewrite(Statement.takeInterrupted.text)), fence)
        return rows.isEmpty ? nil : rows.compactMap { $0.optionalInteger(0) }
    }
}
