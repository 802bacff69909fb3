import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import JournalFormat
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct PackedJournalTests {
    @Test func `reads a journal from before its chunks were packed, and goes on`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            _ = try await SampleStore.append(1...50, to: store)
            _ = try await SampleStore.append(51...100, to: store)
            let names = store.parts.names.current
            await store.close()
            try await Self.unpack(folder, names)
            for index in ["index", "columns"] { try FileManager.default.removeItem(at: folder.appending(path: index)) }

            let raised = try SampleStore.open(folder)
            #expect(try await raised.damage().isEmpty)
            let again = try await SampleStore.append(95...105, to: raised)
            #expect(again.prefix(6).allSatisfy { if case .duplicate = $0 { true } else { false } })
            #expect(again.suffix(5) == (101...105).map { .stored(SequenceNumber($0)) })
            let block = try await raised.claimBlock(for: "lago", limit: BlockLimit(events: 1000, bytes: 1 << 20))
            #expect(try #require(block).deliveries.map(\.event.id) == (1...105).map { EventID("event-\($0)") })
            await raised.close()
        }
    }

    /// Writes the chunks as version 3 did.
    private static func unpack(_ folder: URL, _ names: NameTable) async throws {
        try await DatabaseQueue(path: folder.appending(path: "journal.sqlite").path).write { db in
            for row in try Row.fetchAll(db, sql: "SELECT first, content FROM chunks") {
                let packed = [UInt8](row[1] as Data)
                #expect(packed[6] == 1)
                let events = try Chunk.read(packed, names: names).events
                let numbers = events.map { _ in UInt32(1) }
                let encoded = EncodedEvents(events, origins: numbers, plans: numbers)
                var builder = ChunkBuilder(first: SequenceNumber(row[0] as Int64), capacity: 0)
                builder.append(encoded.frames[...], count: events.count)
                var plain = builder.finish()
                plain[4] = 1
                let content = Array(plain.dropLast(8))
                let checksum = withUnsafeBytes(of: Checksum.of(content).littleEndian, Array.init)
                try db.execute(
                    sql: "UPDATE chunks SET content = ? WHERE first = ?",
                    arguments: [Data(content + checksum), row[0] as Int64]
                )
            }
            try OlderJournal.lower(db, to: 3)
        }
    }
}
