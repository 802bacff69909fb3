import JournalBehaviour
import JournalSQLite
import TestSupport
import Testing

@Suite struct SQLiteBehaviourTests {
    @Test(arguments: StoreBehaviour.checks)
    func `keeps the promises of every store`(check: StoreCheck) async throws {
        try await withTemporaryFolder { folder in
            try await check.run(on: SQLiteFixture(folder: folder))
        }
    }

    /// Hashes that nearly all collide, an index that is on disk at once, chunks of a few events, and no cache: the same promises.
    @Test(arguments: StoreBehaviour.checks)
    func `keeps them when everything is small`(check: StoreCheck) async throws {
        var settings = SQLiteStoreSettings()
        settings.identityHashBits = 10
        settings.newestIdentities = 50
        settings.chunkBytes = 500
        settings.cacheBytes = 0
        settings.commitsBetweenCursors = 2
        try await withTemporaryFolder { folder in
            try await check.run(on: SQLiteFixture(folder: folder, settings: settings))
        }
    }
}
