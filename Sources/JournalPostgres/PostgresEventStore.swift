package import CoreMetrics
package import Events
package import Journal
import JournalFormat
package import Logging
import Telemetry

/// The store that several gateways share: one PostgreSQL database, and nothing else between them.
package final class PostgresEventStore: Sendable {
    let parts: StoreParts
    let ledger: LedgerParts
    /// Events that the database has lost, and that are appended again.
    let lost = LostEvents()
    private let queue: AppendQueue
    private let writers: [Task<Void, Never>]
    private let deadlines: Task<Void, Never>
    private let probing: Task<Void, Never>
    private let upkeep: Task<Void, Never>
    /// The limits that all gateways of the journal keep together.
    package let limits: PostgresAllotments
    /// Comparisons with vendors.
    package let comparisons: PostgresParityStorage
    /// What this node's deliveries say of their accounts.
    let states = AccountStates()
    private let reports: Task<Void, Never>

    /// Connects, makes the journal's tables if there are none, and reads what must be in memory.
    /// - Parameter metrics: where sizes and times of commits are counted.
    /// - Throws: ``StoreError/newerFormat(path:found:known:)`` or ``StoreError/unusable(path:reason:)``.
    package static func open(
        _ settings: PostgresStoreSettings,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        logger: Logger
    ) async throws(StoreError) -> PostgresEventStore {
        let parts = try await connect(settings, CommitMetrics(factory: metrics), logger: logger)
        let ledger = LedgerParts(parts)
        do throws(PostgresFailure) {
            try await parts.partitions.prepare(at: parts.clock.now)
            for row in try await parts.points.run(.readEnds) {
                parts.newest.advance(Int16(clamping: row.integer(0)), to: row.integer(1))
            }
            try await ledger.start(newest: parts.newest)
        } catch {
            await parts.close()
            await ledger.connection.close()
            throw .unusable(path: settings.schema, reason: error.reason)
        }
        let store = PostgresEventStore(parts, ledger)
        try await parts.names.refresh()
        parts.identity.tail.set(handler: store)
        return store
    }

    private static func connect(
        _ settings: PostgresStoreSettings,
        _ metrics: CommitMetrics,
        logger: Logger
    ) async throws(StoreError) -> StoreParts {
        let connection = PostgresConnection(settings.connection("opening"))
        do throws(StoreError) {
            let meta = try await Schema(connection: connection, settings: settings, logger: logger).open()
            let parts = StoreParts(settings, meta, metrics: metrics, logger: logger)
            try await measureClock(parts.clock, connection, settings)
            await connection.close()
            return parts
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func measureClock(
        _ clock: DatabaseClock,
        _ connection: PostgresConnection,
        _ settings: PostgresStoreSettings
    ) async throws(StoreError) {
        let sent = SystemWallClock().now
        do throws(PostgresFailure) {
            guard let row = try await connection.run(.readClock).first else { return }
            clock.measured(database: row.integer(0), sent: sent, received: SystemWallClock().now)
        } catch {
            throw .unusable(path: settings.schema, reason: error.reason)
        }
    }

    private init(_ parts: StoreParts, _ ledger: LedgerParts) {
        self.parts = parts
        self.ledger = ledger
        comparisons = PostgresParityStorage(parts.settings, keeper: ledger.keeper)
        limits = PostgresAllotments(parts.settings, logger: parts.logger)
        let queue = AppendQueue(parts.settings, reach: parts.reach)
        self.queue = queue
        // Safe: they end when the queue closes, and `close()` waits for them.
        writers = (0..<max(1, parts.settings.slots)).map { number in
            let writer = SlotWriter(parts, number: number, queue: queue, slots: ledger.slots)
            return Task { await writer.run() }
        }
        // Safe: it ends when it is cancelled, and `close()` waits for it.
        deadlines = Task { await queue.watchDeadlines() }
        let probe = AppendProbe(parts, node: { [keeper = ledger.keeper] in keeper.node })
        // Safe: it ends when it is cancelled, and `close()` waits for it.
        probing = Task { await probe.run() }
        let work = JournalUpkeep(parts: parts, node: { [keeper = ledger.keeper] in keeper.node })
        // Safe: it ends when it is cancelled, and `close()` waits for it.
        upkeep = Task { await work.run() }
        let writer = ReportWriter(parts: parts, ledger: ledger, states: states)
        // Safe: the same.
        reports = Task { await writer.run() }
    }

    deinit {
        queue.close()
        for task in [deadlines, probing, upkeep, reports] { task.cancel() }
        ledger.stop(sayingGoodbye: false)
    }

    /// Stores what waits, ends every wait, lets others take what this gateway holds, and closes the connections. Whatever is asked afterwards
    /// throws ``StoreError/closed``.
    package func close() async {
        await end(sayingGoodbye: true)
    }

    /// Ends as a killed process does: to others it looks as if it were silent.
    func abandon() async {
        await end(sayingGoodbye: false)
    }

    private func end(sayingGoodbye saysGoodbye: Bool) async {
        lost.close()
        queue.close()
        upkeep.cancel()
        reports.cancel()
        for writer in writers { await writer.value }
        for task in [deadlines, probing] { task.cancel() }
        for task in [deadlines, probing, upkeep, reports] { await task.value }
        ledger.stop(sayingGoodbye: saysGoodbye)
        await ledger.waitForEnd()
        await limits.close()
        await comparisons.close()
        await parts.close()
    }

    // MARK: Outages

    /// What does not work now; nil if everything does.
    package var outage: StoreOutage? { parts.reach.outage }

    /// Why no event would be stored now, as far as this node has found out; nil if there is room.
    package var fullness: StoreFullness? { parts.limits.reached ?? (parts.reach.isFull ? .disk : nil) }

    /// Waits until a connection has led to another journal: nothing that this node knows is true there. Returns nil if the task is cancelled
    /// before.
    package func waitForAnotherJournal() async -> StoreError? {
        await parts.identity.waitForFault()
        return parts.identity.fault.map { .unusable(path: parts.settings.schema, reason: $0) }
    }

    // MARK: What the parts of the protocols share

    /// Reads something short on a thread that may block.
    func readPoint<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresSession) throws(PostgresFailure) -> Value
    ) async throws(StoreError) -> Value {
        try await read(on: parts.points, body)
    }

    func read<Value: Sendable>(
        on connection: PostgresConnection,
        _ body: @escaping @Sendable (PostgresSession) throws(PostgresFailure) -> Value
    ) async throws(StoreError) -> Value {
        do throws(PostgresFailure) {
            return try await connection.read(body)
        } catch {
            throw parts.reach.error(error)
        }
    }
}

// MARK: - EventAppending

extension PostgresEventStore: EventAppending {
    package func append(_ request: AppendRequest) async throws(StoreError) -> [AppendResult] {
        guard !request.events.isEmpty else { return [] }
        if parts.reach.isOut { throw parts.reach.outageError }
        try parts.limits.check()
        let generation = parts.names.generation
        let numbers = try await parts.names.numbers(of: request.events)
        return try await queue.append(PreparedAppend(request, numbers, keys: parts.keys, generation: generation))
    }

    package func original(_ sequence: SequenceNumber) async throws(StoreError) -> AcceptedEvent? {
        let (reader, number) = (parts.reader, sequence.rawValue)
        if let chunk = parts.cache.chunk(holding: number) { return StoredEvent(number, in: chunk)?.event }
        return try await readPoint { (session) throws(PostgresFailure) in
            try reader.chosenEvents(at: [number], session)[number]
        }
    }
}

// MARK: - JournalGrowth

extension PostgresEventStore: JournalGrowth {
    package func newestPosition() async throws(StoreError) -> JournalPosition {
        // Asked before each claim.
        let newest = try await read(on: parts.claims) { (session) throws(PostgresFailure) in
            try session.run(.readEnds, []).reduce(JournalPosition.start) { position, row in
                position.advanced(to: SequenceNumber(row.integer(1)), inStream: UInt16(clamping: row.integer(0)))
            }
        }
        parts.newest.advance(to: newest)
        return newest
    }

    package func waitForEvents(after position: JournalPosition) async {
        await parts.newest.wait(after: position)
    }
}

// MARK: - EventStore

/// All parts are there.
extension PostgresEventStore: EventStore {}
