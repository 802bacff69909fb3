import Events
import Journal
import JournalFormat
import Logging

/// Moves events with what their numbers stand for. A gateway may go on with the journal meanwhile.
struct EventsMove: Sendable {
    let source: any MovableEvents
    let settings: PostgresStoreSettings
    let connection: PostgresConnection
    let logger: Logger

    private static let numbersPerRead = 1_000_000 as Int64

    /// Gives a connection on which statements may take long, and closes it afterwards.
    static func withConnection<Value: Sendable>(
        _ settings: PostgresStoreSettings,
        _ body: (PostgresConnection) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        var long = settings.connection("move")
        (long.patience, long.statementTimeout, long.lockTimeout) = (.seconds(1260), .seconds(1200), .seconds(60))
        let connection = PostgresConnection(long)
        do throws(StoreError) {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Makes the tables for this journal, or finds those of an earlier try.
    func prepare() async throws(StoreError) {
        try await ServerCheck(connection: connection, settings: settings).run()
        let new = JournalMeta(journalID: source.journalID, identityKey: source.identityKey, isMoving: true)
        let meta = try await Schema(connection: connection, settings: settings, logger: logger).found(orMaking: new)
        guard meta.journalID == source.journalID else {
            throw refused("it has another journal; choose another schema with --store-schema")
        }
        guard meta.moving == source.journalID else {
            throw refused(
                "the journal was moved there already; start gateways with --store, and remove the old data folder"
            )
        }
        guard meta.format == JournalMeta.format else {
            throw refused("the move was begun by another version (format \(meta.format)); finish it with that one")
        }
        try await attempt(.createIdentities(part: ChunkMove.part))
    }

    /// Moves the events that the journal has now, without those that were moved before.
    /// - Parameter told: called with how far it has come.
    /// - Returns: whether some were moved before.
    @discardableResult
    func move(_ told: @escaping @Sendable (MoveProgress) -> Void) async throws(StoreError) -> Bool {
        let numbers = try await source.movedNumbers()
        try await removeGone()
        // After the numbers: what these events name has a number by now.
        let names = try await source.movedNames()
        try await store(names)
        var last = try await attempt(.readLastMoved).first?.optionalInteger(0) ?? 0
        let wasContinued = last > 0
        guard let numbers else { return wasContinued }
        let bits = settings.identityHashBits
        let keys = IdentityKeys(key: source.identityKey, significantBits: bits)
        let move = ChunkMove(source: source, connection: connection, keys: keys)
        let table = NameTable(names)
        tell(last, of: numbers, told)
        while last < numbers.upperBound, let step = try await move.step(after: last, upTo: numbers.upperBound, table) {
            last = step.last
            for (chunk, reason) in step.damaged { try await note(chunk, reason) }
            tell(last, of: numbers, told)
        }
        return wasContinued
    }

    private func tell(_ last: Int64, of numbers: ClosedRange<Int64>, _ told: (MoveProgress) -> Void) {
        let done = max(0, min(last, numbers.upperBound) - numbers.lowerBound + 1)
        let total = numbers.upperBound - numbers.lowerBound + 1
        told(MoveProgress(phase: .events, done: Int(clamping: done), total: Int(clamping: total)))
    }

    private func store(_ names: MovedNames) async throws(StoreError) {
        try await attempt(
            .moveOrigins,
            [
                .int4s(names.origins.map { Int32(clamping: $0.number) }), .texts(names.origins.map(\.tenant)),
                .texts(names.origins.map(\.client)),
            ]
        )
        let accounts = names.accounts
        try await attempt(
            .moveAccounts,
            [.int4s(accounts.map { Int32(clamping: $0.number) }), .texts(accounts.map(\.name))]
        )
        // Providers may be added that no event names.
        for statement in Statement.continueNumbers { try await attempt(statement) }
        for plan in names.plans {
            try await attempt(.movePlans, [.int4s([Int32(clamping: plan.number)]), .byteas([plan.encoded])])
        }
    }

    /// Removes chunks that retention has removed from the journal since they were moved.
    private func removeGone() async throws(StoreError) {
        guard let moved = try await attempt(.readMovedNumbers).first, let first = moved.optionalInteger(0),
            let last = moved.optionalInteger(1)
        else { return }
        var start = first
        while start <= last {
            let range = start...min(last, start + Self.numbersPerRead - 1)
            let there = Set(try await source.movedChunkNumbers(in: range))
            let bounds: [Parameter] = [.int8(range.lowerBound), .int8(range.upperBound)]
            let gone = try await attempt(.readMovedChunkNumbers, bounds).map { $0.integer(0) }
                .filter { !there.contains($0) }
            if !gone.isEmpty { try await attempt(.removeMovedChunks, [.int8s(gone)]) }
            start = range.upperBound + 1
        }
    }

    /// A chunk that nobody has read before, and that is damaged.
    private func note(_ chunk: MovedChunk, _ reason: String) async throws(StoreError) {
        try await attempt(.noteDamage, [.int2(0), .int8(chunk.first), .int8(chunk.last), .text(reason)])
    }

    private func refused(_ reason: String) -> StoreError { .unusable(path: settings.schema, reason: reason) }

    @discardableResult
    private func attempt(_ statement: Statement, _ parameters: [Parameter] = []) async throws(StoreError) -> Rows {
        do throws(PostgresFailure) {
            return try await connection.run(statement, parameters)
        } catch {
            throw .failed(reason: error.reason)
        }
    }
}

extension NameTable {
    /// The names of a journal that is moved.
    fileprivate init(_ names: MovedNames) {
        self.init()
        for account in names.accounts {
            add(account: ProviderName(account.name), number: Int32(clamping: account.number))
        }
        for origin in names.origins {
            let name = EventOrigin(tenant: TenantID(origin.tenant), client: ClientName(origin.client))
            add(origin: name, number: UInt32(clamping: origin.number))
        }
        for plan in names.plans {
            guard let decoded = PlanCoding.decode(plan.encoded) else { continue }
            add(plan: decoded, number: UInt32(clamping: plan.number))
        }
    }
}
