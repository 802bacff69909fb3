import Events
package import Journal
package import JournalFormat
package import Logging

/// Moves a journal with all that belongs to it into a database: events with their numbers and ids, outcomes, history, lanes and holds.
///
/// Nobody opens the target before the move has ended. A move that was interrupted goes on where it was.
package struct JournalMove: Sendable {
    private let source: any MovableJournal
    private let settings: PostgresStoreSettings
    private let logger: Logger

    /// - Parameters:
    ///   - source: a journal that nobody else has open.
    ///   - settings: where it goes.
    package init(from source: any MovableJournal, to settings: PostgresStoreSettings, logger: Logger) {
        self.source = source
        self.settings = settings
        self.logger = logger
    }

    /// Moves everything, compares both sides, and marks the source as moved.
    /// - Parameter told: called with how far it has come.
    /// - Throws: ``StoreError/unusable(path:reason:)`` if the target has another journal, or the two sides differ in the end.
    package func run(_ told: @escaping @Sendable (MoveProgress) -> Void) async throws(StoreError) -> MoveReport {
        try await EventsMove.withConnection(settings) { (connection) throws(StoreError) in
            try await run(over: connection, told)
        }
    }

    private func run(
        over connection: PostgresConnection,
        _ told: @escaping @Sendable (MoveProgress) -> Void
    ) async throws(StoreError) -> MoveReport {
        let events = EventsMove(source: source, settings: settings, connection: connection, logger: logger)
        try await events.prepare()
        let wasContinued = try await events.move(told)
        let (contents, names) = (try await source.contents(), try await source.movedNames())
        let ledger = LedgerMove(source: source, connection: connection, names: names)
        try await ledger.attempt(.forgetMovedLedger)
        var done = 0
        let runs = try await ledger.moveRuns { events in
            done += events
            told(MoveProgress(phase: .outcomes, done: done, total: contents.events))
        }
        try await ledger.moveCursors()
        let rows = contents.rows.values.reduce(0, +)
        done = 0
        for table in MovedTable.allCases {
            try await ledger.moveRows(of: table) { count in
                done += count
                told(MoveProgress(phase: .deliveries, done: done, total: rows))
            }
        }
        let comparison = MoveComparison(source: source, connection: connection, settings: settings)
        let backlog = try await comparison.run(contents, runs: runs, names) { chunks in
            told(MoveProgress(phase: .comparing, done: chunks, total: contents.chunks))
        }
        try await finish(contents, ledger)
        return MoveReport(
            events: contents.events,
            chunks: contents.chunks,
            damagedChunks: try await ledger.attempt(.readDamage).count,
            runs: runs,
            rows: rows,
            backlog: backlog,
            wasContinued: wasContinued
        )
    }

    // MARK: Steps

    /// Makes the target ready to be opened. The source is marked before that: never are both good.
    private func finish(_ contents: MovedContents, _ ledger: LedgerMove) async throws(StoreError) {
        try await ledger.attempt(.addMovedPart(ChunkMove.part))
        try await ledger.attempt(.addMovedSlot, [.int8(contents.removed)])
        for statement in Statement.continueNumbers { try await ledger.attempt(statement) }
        try await attempt { () throws(PostgresFailure) in try await IdentityFilters.make(ledger.connection) }
        let target = settings.display
        try await source.markMoved(to: "\(target), schema \(settings.schema)")
        try await ledger.attempt(.removeMeta, [.text(JournalMeta.Name.moving)])
        logger.notice("moved a journal", metadata: ["events": "\(contents.events)", "schema": "\(settings.schema)"])
    }

    private func attempt(_ body: () async throws(PostgresFailure) -> Void) async throws(StoreError) {
        do throws(PostgresFailure) {
            try await body()
        } catch {
            throw .failed(reason: error.reason)
        }
    }
}
