package import Foundation
import GRDB
package import Journal
package import JournalFormat

/// The events of a journal that a gateway has open, read by a connection that writes nothing.
package final class RunningJournal: MovableEvents {
    package let journalID: String
    package let identityKey: SipHash
    private let file: JournalFile

    /// - Throws: ``StoreError/unusable(path:reason:)`` if the gateway's journal has another layout than this program's.
    package init(reading folder: URL) throws(StoreError) {
        file = try JournalFile(reading: folder)
        guard file.isCurrent else {
            throw .unusable(
                path: folder.path,
                reason: "the gateway that has it open is of another version (layout \(file.layout), not "
                    + "\(JournalFile.newestLayout)); stop the gateway, and move the journal then"
            )
        }
        let (id, key) = try file.read { db in (try MetaTable.drawnJournalID(in: db), try MetaTable.hashKey(in: db)) }
        guard let id else { throw .unusable(path: folder.path, reason: "its journal was never opened") }
        (journalID, identityKey) = (id, key)
    }

    /// Ends the connection.
    package func close() {
        // What a connection that only reads leaves open ends with the object.
        try? file.queue.close()
    }

    /// How much there is now.
    package func contents() async throws(StoreError) -> MovedContents {
        try await read { db in try MovedEventsRead.contents(in: db) }
    }

    package func movedNumbers() async throws(StoreError) -> ClosedRange<Int64>? {
        try await read { db in try MovedEventsRead.numbers(in: db) }
    }

    package func movedNames() async throws(StoreError) -> MovedNames {
        try await read { db in try MovedEventsRead.names(in: db) }
    }

    package func movedChunks(after number: Int64, limitBytes: Int) async throws(StoreError) -> [MovedChunk] {
        try await read { db in try MovedEventsRead.chunks(after: number, limitBytes: limitBytes, in: db) }
    }

    package func movedChunkNumbers(in range: ClosedRange<Int64>) async throws(StoreError) -> [Int64] {
        try await read { db in try MovedEventsRead.chunkNumbers(in: range, in: db) }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value)
        async throws(StoreError) -> Value
    {
        do {
            return try await file.queue.read(body)
        } catch {
            throw StoreError(error, retryAfter: .zero)
        }
    }
}
