package import CoreMetrics
package import Events
package import Foundation
import GRDB
package import Journal
import JournalFormat
package import Logging
import ServiceLifecycle

/// The embedded store: one data folder, one process, SQLite.
///
/// One thread writes, in group commits with one fsync each. The engine and the write path read on connections of their own and from a
/// cache of the newest events, so that they never wait for a client's search (``JournalReaders``). `FileFormat.md` says what is in the
/// folder.
package final class SQLiteEventStore: EventStore {
    /// The writer's connection, and those on which the engine and the write path read.
    let pool: DatabasePool
    let readers: JournalReaders
    let parts: StoreParts
    private let writer: WriterThread

    /// Opens a data folder, makes it if it is missing, and reads what must be in memory. Blocks while it does.
    /// - Parameters:
    ///   - toMove: whether the journal is opened to be moved, which may have been begun before.
    ///   - announce: how the writer is woken for what is to be committed.
    /// - Throws: ``StoreError/folderInUse(path:process:)``, ``StoreError/newerFormat(path:found:known:)``,
    ///   ``StoreError/unusable(path:reason:)`` or ``StoreError/full(retryAfter:)``.
    package init(
        opening folder: URL,
        toMove: Bool = false,
        settings: SQLiteStoreSettings = SQLiteStoreSettings(),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        announce: @escaping CommitAnnouncement = { wake in wake() },
        logger: Logger
    ) throws(StoreError) {
        let held = try DataFolder(opening: folder, logger: logger)
        if !toMove { try MovedMark(folder: folder).check(folder) }
        do {
            let opening = StoreOpening(
                folder: folder,
                settings: settings,
                metrics: metrics,
                announce: announce,
                logger: logger
            )
            pool = try opening.database()
            parts = try pool.writeWithoutTransaction { db in try opening.parts(db) }
            readers = try JournalReaders(opening)
        } catch {
            throw Self.openingFailure(error, folder: folder, settings: settings)
        }
        writer = WriterThread(pool: pool, readers: readers, parts: parts, lock: held.lock)
        writer.start()
        parts.columns.startFilling(ColumnFilling(pool: pool, reader: parts.reader))
    }

    deinit {
        parts.commits.close()
        parts.newest.close()
        parts.leases.close()
    }

    /// Commits what waits, ends every wait, closes the database and gives the folder back. Whatever is asked afterwards throws
    /// ``StoreError/closed``.
    package func close() async {
        parts.commits.close()
        parts.newest.close()
        parts.leases.close()
        await writer.waitForEnd()
    }

    private static func openingFailure(_ error: any Error, folder: URL, settings: SQLiteStoreSettings) -> StoreError {
        switch StoreError(error, retryAfter: settings.retryAfterFull) {
        case .failed(let reason): .unusable(path: folder.path, reason: reason)
        case let failure: failure
        }
    }

    // MARK: What the parts of the protocol share

    /// Hands an operation to the writer and waits for its commit.
    nonisolated(nonsending) func commit<Value: Sendable>(
        _ operation: (WriteOperation.Answer<Value>) -> WriteOperation
    ) async throws(StoreError) -> Value {
        let result = await withCheckedContinuation { continuation in
            parts.commits.submit(operation(continuation))
        }
        return try result.get()
    }

    /// Reads for the engine and the write path, on a thread that may block.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(StoreError) -> Value
    {
        try await read(on: pool, body)
    }

    /// Reads something short for a client or an operator.
    func readPoint<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await read(on: readers.points, body)
    }

    func read<Value: Sendable>(
        on pool: DatabasePool,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            if parts.commits.isClosing { throw .closed }
            throw StoreError(error, retryAfter: parts.settings.retryAfterFull)
        }
    }
}

// MARK: - EventAppending

extension SQLiteEventStore {
    nonisolated(nonsending) package func append(_ request: AppendRequest) async throws(StoreError) -> [AppendResult] {
        guard !request.events.isEmpty else { return [] }
        let prepared = PreparedAppend(request, names: parts.names)
        return try await commit { .append(prepared, $0) }
    }

    package func original(_ sequence: SequenceNumber) async throws(StoreError) -> AcceptedEvent? {
        let (reader, number) = (parts.reader, sequence.rawValue)
        if let cached = reader.cachedEvents(at: [number]) { return cached[number]?.event }
        return try await read { db in try reader.chosenEvents(at: [number], limitBytes: .max, in: db)?[number] }
    }
}

// MARK: - Service

extension SQLiteEventStore: Service {
    /// Waits for its turn in the shutdown, then closes. Services that use the store come after it in the group's list, so that
    /// they have stopped by then.
    package func run() async throws {
        // It throws for one reason only, a cancelled task, and that means the same: time to close.
        try? await gracefulShutdown()
        await close()
    }
}
