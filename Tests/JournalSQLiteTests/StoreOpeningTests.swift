import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import TestSupport
import Testing

@testable import JournalSQLite

/// What the store makes of the folder that it is given.
@Suite struct StoreOpeningTests {
    @Test func `flushes every commit`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            _ = try await SampleStore.append(1...3, to: store)
            let pragmas = try await store.writerPragmas()
            #expect(
                pragmas == ["synchronous": "2", "journal_mode": "wal", "wal_autocheckpoint": "0", "page_size": "2048"]
            )
            await store.close()
        }
    }

    @Test func `makes the folder`() async throws {
        try await withTemporaryFolder { folder in
            let deep = folder.appending(path: "a/b/data")
            let store = try SampleStore.open(deep)
            await store.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: deep.path).contains("journal.sqlite"))
        }
    }

    @Test func `opens nothing to other users, and tightens what is open to them`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 20
            settings.eventsPerSegment = 20
            let data = folder.appending(path: "data")
            for round in 0..<2 {
                let store = try SampleStore.open(data, settings)
                _ = try await SampleStore.append((round * 100 + 1)...(round * 100 + 90), to: store)
                // Takes the chunk apart, so that there is a segment to write.
                _ = store.parts.columns.snapshot()
                await store.close()
                let paths =
                    try [data.path]
                    + FileManager.default.subpathsOfDirectory(atPath: data.path).map {
                        data.appending(path: $0).path
                    }
                #expect(paths.contains { $0.hasSuffix(".run") } && paths.contains { $0.hasSuffix(".columns") })
                for path in paths {
                    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                    #expect(try #require(mode) & 0o077 == 0, "\(path) in round \(round)")
                }
                // As an older version, or a copy, has left it.
                for path in paths { chmod(path, 0o777) }
            }
        }
    }

    @Test func `says which process has the folder, and gets it when that has closed`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            let inUse = StoreError.folderInUse(path: folder.path, process: getpid())
            #expect(throws: inUse) { try SampleStore.open(folder) }
            await store.close()
            await store.close()
            try await SampleStore.open(folder).close()
        }
    }

    @Test func `refuses the data of a newer version and leaves it alone`() async throws {
        try await withTemporaryFolder { folder in
            try await SampleStore.open(folder).close()
            let file = folder.appending(path: "journal.sqlite").path
            try await DatabaseQueue(path: file).write {
                try $0.execute(sql: "PRAGMA user_version = \(Schema.version + 1)")
            }
            #expect(throws: StoreError.newerFormat(path: file, found: Schema.version + 1, known: Schema.version)) {
                try SampleStore.open(folder)
            }
            #expect(throws: StoreError.newerFormat(path: file, found: Schema.version + 1, known: Schema.version)) {
                try SampleStore.open(folder)
            }
        }
    }

    @Test func `brings the data of the first version to the present one`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            _ = try await SampleStore.append(1...3, to: store)
            await store.close()
            let file = folder.appending(path: "journal.sqlite").path
            try await DatabaseQueue(path: file).write { db in
                try OlderJournal.lower(db, to: 1)
            }
            let raised = try SampleStore.open(folder)
            #expect(try await raised.newestPosition() == JournalPosition(3))
            let fault = DeliveryFault(code: .unauthorized, message: "no")
            let hold = ProviderHold(until: Timestamp(milliseconds: 1), fault: fault, isParked: true)
            try await raised.hold("lago", hold)
            #expect(try await raised.hold(of: "lago") == hold)
            try await raised.record(
                AuditEntry(
                    at: Timestamp(milliseconds: 1),
                    category: .administration,
                    action: "providers: resume",
                    tenant: nil,
                    actor: "root",
                    keyID: nil,
                    remoteAddress: nil,
                    details: [:]
                )
            )
            #expect(try await raised.auditLog(AuditFilter(), before: nil, limit: 9).count == 1)
            await raised.close()
        }
    }

    @Test func `refuses a database of another program`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "journal.sqlite").path
            try await DatabaseQueue(path: file).write { try $0.execute(sql: "CREATE TABLE mine(x)") }
            let reason = "the database belongs to another program"
            #expect(throws: StoreError.unusable(path: file, reason: reason)) { try SampleStore.open(folder) }
        }
    }

    @Test func `says why a folder cannot be used`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data("x".utf8).write(to: file)
            #expect(throws: StoreError.self) { try SampleStore.open(file.appending(path: "data")) }
            try Data("this is no database, but long enough to be taken for one".utf8)
                .write(to: folder.appending(path: "journal.sqlite"))
            let error = #expect(throws: StoreError.self) { try SampleStore.open(folder) }
            guard case .unusable(let path, let reason) = error else {
                Issue.record("found \(String(describing: error))")
                return
            }
            #expect(path == folder.path)
            #expect(reason.contains("not a database"))
        }
    }
}

extension SQLiteEventStore {
    /// Pragmas of the connection that writes, read between two commits.
    fileprivate func writerPragmas() async throws -> [String: String] {
        try await pool.writeWithoutTransaction { db in
            var values: [String: String] = [:]
            for name in ["synchronous", "journal_mode", "wal_autocheckpoint", "page_size"] {
                values[name] = try String.fetchOne(db, sql: "PRAGMA \(name)")
            }
            return values
        }
    }
}
