import Events
import Foundation
import GRDB
import Parity
import ParityRuns
import TestSupport
import Testing

/// The file of comparisons: who may read it, what earlier versions have left in it, and what is read beside a gateway.
@Suite struct ParityStoreFileTests {
    private static let now = Timestamp(milliseconds: 1_750_000_000_000)
    private static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))

    private static func file(_ folder: URL) -> String { folder.appending(path: "parity.sqlite").path }

    @Test func `is for its owner alone`() async throws {
        try await withTemporaryFolder { folder in
            let store = try ParityStore(in: folder)
            let attributes = try FileManager.default.attributesOfItem(atPath: Self.file(folder))
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            #expect(!store.isShared)
            try await store.close()
        }
    }

    @Test func `is not made where there is no folder, nor of another file`() async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: ParityError.self) { try ParityStore(in: folder.appending(path: "none")) }
            try Data("no database, but some text that is long enough to be read".utf8)
                .write(to: folder.appending(path: "parity.sqlite"))
            let error = #expect(throws: ParityError.self) { try ParityStore(in: folder) }
            #expect(error == .store("file is not a database (SQLite 26)"))
        }
    }

    /// Columns that came later.
    @Test func `takes a file of an earlier version, with its runs`() async throws {
        try await withTemporaryFolder { folder in
            let store = try ParityStore(in: folder)
            let order = ParityOrder(window: Self.window, providers: ["lago"], level: .full)
            let id = try await store.add(order, for: "shop", by: "web", at: Self.now).id
            try await store.save(["lago": WindowRecord(calls: 3)], of: Self.window, state: .settled, for: id)
            try await store.close()
            let database = try DatabaseQueue(path: Self.file(folder))
            try await database.write { db in
                try db.execute(
                    sql: """
                        ALTER TABLE reads DROP COLUMN summed; ALTER TABLE providers DROP COLUMN extra_calls;
                        ALTER TABLE providers DROP COLUMN fault;
                        """
                )
            }
            try database.close()
            // Once to add them, and once to find them there.
            for _ in 0..<2 {
                let later = try ParityStore(in: folder)
                let run = try #require(try await later.run(id, at: Self.now))
                #expect(run.order == order && run.reports.first?.calls == 3 && run.reports.first?.summed == 0)
                #expect(run.reports.first?.unreadable == nil)
                try await later.close()
            }
        }
    }

    // MARK: Beside a gateway

    @Test func `has nothing to tell of watching where there is no file, or one that watched nothing`() async throws {
        try await withTemporaryFolder { folder in
            #expect(try await ParityStore.watches(in: folder, at: Self.now) == nil)
            let database = try DatabaseQueue(path: Self.file(folder))
            try await database.write { try $0.execute(sql: "CREATE TABLE runs(id INTEGER)") }
            try database.close()
            #expect(try await ParityStore.watches(in: folder, at: Self.now) == nil)
        }
    }

    @Test func `tells what was watched while a gateway has the file`() async throws {
        try await withTemporaryFolder { folder in
            let store = try ParityStore(in: folder)
            try await store.save([1, 2, 3], .verify, of: "lago")
            try await store.save([9], .canary, of: "polar")
            let until = Self.now + .seconds(60)
            let acceptance = Acceptance(
                cause: .lostAfterAccept,
                provider: "lago",
                name: "api",
                reason: "a test",
                until: until,
                by: "ops",
                at: Self.now
            )
            try await store.accept(acceptance)
            let snapshot = try #require(try await ParityStore.watches(in: folder, at: Self.now))
            #expect(snapshot.verify == ["lago": [1, 2, 3]] && snapshot.canary == ["polar": [9]])
            #expect(snapshot.acceptances == [acceptance])
            let later = try #require(try await ParityStore.watches(in: folder, at: until))
            #expect(later.acceptances.isEmpty, "it has expired")
            // It changes nothing, and the gateway goes on.
            try await store.save([4], .verify, of: "lago")
            #expect(try await store.watchState(.verify, of: "lago") == [4])
            #expect(try await store.watchState(.canary, of: "lago") == nil)
            try await store.close()
        }
    }

    @Test func `reports a file that cannot be read`() async throws {
        try await withTemporaryFolder { folder in
            try Data(repeating: 7, count: 5000).write(to: folder.appending(path: "parity.sqlite"))
            await #expect(throws: ParityError.self) { try await ParityStore.watches(in: folder, at: Self.now) }
        }
    }
}
