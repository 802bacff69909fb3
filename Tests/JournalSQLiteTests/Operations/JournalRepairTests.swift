import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct JournalRepairTests {
    @Test func `rebuilds damaged files of both indexes`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            for index in ["index", "columns"] {
                for file in try OperatedJournal.files(index, in: folder) { try OperatedJournal.flip(file) }
            }
            let report = try await JournalRepair(of: folder).run()
            #expect(
                report.rebuilt.contains { $0.hasPrefix("index/") }
                    && report.rebuilt.contains { $0.hasPrefix("columns/") }
            )
            #expect(report.left.isEmpty && report.isSearchable && !report.found.isWell)
            let after = try JournalCheck(of: folder).run()
            #expect(after.isWell && after.events == 100, "\(after)")
            let store = try SampleStore.open(folder, OperatedJournal.settings)
            let again = try await SampleStore.append(95...101, to: store)
            #expect(again == (95...100).map { .duplicate(of: SequenceNumber($0)) } + [.stored(SequenceNumber(101))])
            await store.close()
        }
    }

    @Test func `rebuilds an index of the database`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            let file = OperatedJournal.file(in: folder)
            try await DatabaseQueue(path: file.path).writeWithoutTransaction { db in
                // A row that the index does not know of: the index is taken away, and put back as it was before.
                try db.execute(
                    sql: """
                        PRAGMA writable_schema = ON;
                        DELETE FROM sqlite_schema WHERE name = 'deliveries_by_time';
                        """
                )
            }
            let definition = """
                CREATE INDEX deliveries_by_time ON deliveries(provider, next_attempt_at, sequence) WHERE next_attempt_at IS NOT NULL
                """
            try await DatabaseQueue(path: file.path).write { db in
                try db.execute(sql: definition.replacing(" WHERE next_attempt_at IS NOT NULL", with: " WHERE 0"))
            }
            try await DatabaseQueue(path: file.path).writeWithoutTransaction { db in
                try db.execute(
                    sql: """
                        PRAGMA writable_schema = ON;
                        UPDATE sqlite_schema SET sql = '\(definition)' WHERE name = 'deliveries_by_time';
                        """
                )
            }
            let before = try JournalCheck(of: folder).run()
            try #require(before.faults.contains { $0.location == .index("deliveries_by_time") }, "\(before.faults)")
            let report = try await JournalRepair(of: folder).run()
            #expect(report.rebuilt == ["index deliveries_by_time of journal.sqlite"])
            // Pages of the first one belong to nothing any more, which only a new database mends.
            let after = try JournalCheck(of: folder).run()
            #expect(!after.faults.contains { $0.location == .index("deliveries_by_time") }, "\(after.faults)")
        }
    }

    @Test func `leaves a damaged chunk where it is if no backup has it`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            try OperatedJournal.flipChunk(51, in: folder)
            let report = try await JournalRepair(of: folder).run()
            #expect(report.left.map(\.location.text) == ["chunk 51-60"] && report.restored.isEmpty)
            #expect(try JournalFile(reading: folder).summary().events == 100)
        }
    }

    @Test func `takes a damaged chunk from a backup, and delivers what was skipped of it`() async throws {
        try await withTemporaryFolder { folder in
            let (data, target) = (folder.appending(path: "data"), folder.appending(path: "backup"))
            try await OperatedJournal.make(in: data)
            _ = try JournalBackup(of: data, to: target).run(at: Timestamp(milliseconds: 0))
            // One with delivered events, and one with waiting ones.
            try OperatedJournal.flipChunk(31, in: data)
            try OperatedJournal.flipChunk(51, in: data)
            var store = try SampleStore.open(data, OperatedJournal.settings)
            let skipping = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 999, bytes: 1 << 20))
            #expect(try #require(skipping).deliveries.map(\.sequence.rawValue) == Array(43...50))
            let rest = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 999, bytes: 1 << 20))
            let claimed = (skipping?.deliveries ?? []) + (rest?.deliveries ?? [])
            let run = DeliveredRun(sequences: claimed.map(\.sequence), attempt: OperatedJournal.attempt)
            try await store.settle(Settlement(provider: "lago", delivered: [run]))
            await store.close()

            let report = try await JournalRepair(of: data, from: target).run()
            #expect(report.restored == ["chunk 31-40", "chunk 51-60"] && report.left.isEmpty)
            store = try SampleStore.open(data, OperatedJournal.settings)
            let statuses = try await OperatedJournal.statuses(in: store)
            #expect((31...40).allSatisfy { statuses["event-\($0)"] == .delivered })
            #expect(try await store.damage().isEmpty)
            var left: [Int64] = []
            while let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 999, bytes: 1 << 20)) {
                left += block.deliveries.map(\.sequence.rawValue)
            }
            #expect(Set(51...60).isSubset(of: left) && Set(left).isDisjoint(with: claimed.map(\.sequence.rawValue)))
            await store.close()
        }
    }

    @Test func `takes no chunk from a backup that has other events under its numbers`() async throws {
        try await withTemporaryFolder { folder in
            let names = ["data", "older", "newer", "restored"]
            let (data, older, newer, restored) = (
                folder.appending(path: names[0]), folder.appending(path: names[1]), folder.appending(path: names[2]),
                folder.appending(path: names[3])
            )
            try await OperatedJournal.make(in: data)
            _ = try JournalBackup(of: data, to: older).run(at: Timestamp(milliseconds: 0))
            var store = try SampleStore.open(data)
            _ = try await SampleStore.append(101...110, to: store)
            await store.close()
            _ = try JournalBackup(of: data, to: newer).run(at: Timestamp(milliseconds: 0))
            _ = try JournalRestore(from: older, to: restored).run(holding: [], at: Timestamp(milliseconds: 0))
            store = try SampleStore.open(restored)
            let late = Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: Timestamp(milliseconds: 1_750_000_060_000),
                plan: SampleStore.own
            )
            let others = (201...210).map { id in
                AcceptedEvent(CanonicalEvent(name: "n", customerID: "c"), id: EventID("event-\(id)"), in: late)
            }
            _ = try await store.append(AppendRequest(events: others, policy: .each))
            await store.close()
            try OperatedJournal.flipChunk(101, in: restored)
            let report = try await JournalRepair(of: restored, from: newer).run()
            #expect(report.left.map(\.location.text) == ["chunk 101-110"] && report.restored.isEmpty)
        }
    }

    @Test func `refuses a backup of another journal, and a folder that is in use`() async throws {
        try await withTemporaryFolder { folder in
            let (data, other) = (folder.appending(path: "data"), folder.appending(path: "other"))
            try await OperatedJournal.make(in: data)
            try await OperatedJournal.make(in: other)
            #expect(throws: StoreError.unusable(path: other.path, reason: "it is a backup of another journal")) {
                try JournalRepair(of: data, from: other)
            }
            let store = try SampleStore.open(data)
            let repair = try JournalRepair(of: data)
            await #expect(throws: StoreError.folderInUse(path: data.path, process: getpid())) { try await repair.run() }
            await store.close()
        }
    }
}
