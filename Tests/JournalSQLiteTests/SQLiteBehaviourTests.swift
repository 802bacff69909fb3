import JournalBehaviour
import JournalSQLite
import TestSupport
import Testing

@Suite struct SQLiteBehaviourTests {
    /// A search that has to be whole may take as long as a busy machine needs.
    private static let patient: SQLiteStoreSettings = {
        var settings = SQLiteStoreSettings()
        settings.searchPatience = .seconds(300)
        return settings
    }()

    @Test(arguments: StoreBehaviour.checks)
    func `keeps the promises of every store`(check: StoreCheck) async throws {
        try await withTemporaryFolder { folder in
            try await check.run(on: SQLiteFixture(folder: folder, settings: Self.patient))
        }
    }

    @Test(arguments: 1...12)
    func `agrees with a simple model`(seed: UInt64) async throws {
        var settings = Self.patient
        settings.newestIdentities = seed % 2 == 0 ? 40 : 10_000
        settings.cacheBytes = seed % 3 == 0 ? 0 : 100_000
        settings.commitsBetweenCursors = Int(seed % 4) * 5 + 1
        settings.chunkBytes = seed % 4 == 0 ? 300 : 100_000
        try await withTemporaryFolder { folder in
            try await StoreBehaviour.randomLife(seed: seed).run(on: SQLiteFixture(folder: folder, settings: settings))
        }
    }

    @Test(arguments: 1...12)
    func `delivers each event once by whatever lanes there are`(seed: UInt64) async throws {
        var settings = Self.patient
        settings.cacheBytes = seed % 2 == 0 ? 0 : 100_000
        settings.commitsBetweenCursors = Int(seed % 3) * 5 + 1
        settings.chunkBytes = seed % 3 == 0 ? 300 : 100_000
        settings.eventsPerSegment = [5, 30, 100_000][Int(seed % 3)]
        try await withTemporaryFolder { folder in
            try await StoreBehaviour.randomLanes(seed: seed).run(on: SQLiteFixture(folder: folder, settings: settings))
        }
    }

    @Test(arguments: 1...9)
    func `gives and counts windows as a look at each event does`(seed: UInt64) async throws {
        var settings = Self.patient
        settings.cacheBytes = seed % 2 == 0 ? 0 : 100_000
        settings.chunkBytes = seed % 3 == 0 ? 300 : 100_000
        settings.eventsPerSegment = [5, 12, 100_000][Int(seed % 3)]
        settings.pageBytes = seed % 4 == 0 ? 1500 : 1 << 20
        try await withTemporaryFolder { folder in
            let check = StoreBehaviour.randomWindows(seed: seed)
            try await check.run(on: SQLiteFixture(folder: folder, settings: settings))
        }
    }

    @Test(arguments: 1...6)
    func `finds what a look at each event finds`(seed: UInt64) async throws {
        var settings = Self.patient
        settings.eventsPerSegment = [5, 30, 100_000][Int(seed % 3)]
        settings.cacheBytes = seed % 2 == 0 ? 0 : 100_000
        settings.chunkBytes = seed % 4 == 0 ? 300 : 100_000
        try await withTemporaryFolder { folder in
            let check = StoreBehaviour.randomSearches(seed: seed)
            try await check.run(on: SQLiteFixture(folder: folder, settings: settings))
        }
    }

    /// Every search stops as soon as it has come a little further, every page is short, and nothing is missed or comes twice.
    @Test(arguments: 7...14)
    func `finds all when searches stop early and pages end at few bytes`(seed: UInt64) async throws {
        var settings = Self.patient
        settings.eventsPerSegment = [5, 30, 7][Int(seed % 3)]
        settings.cacheBytes = seed % 2 == 0 ? 0 : 100_000
        settings.searchSlice = .zero
        settings.searchTimeLimit = .zero
        settings.searchPatience = .seconds(300)
        settings.pageBytes = [1, 1500, 1 << 20][Int(seed % 3)]
        try await withTemporaryFolder { folder in
            let check = StoreBehaviour.randomSearches(seed: seed)
            try await check.run(on: SQLiteFixture(folder: folder, settings: settings))
        }
    }

    /// Hashes that nearly all collide, an index that is on disk at once, chunks of a few events, and no cache: the same promises.
    @Test(arguments: StoreBehaviour.checks)
    func `keeps them when everything is small`(check: StoreCheck) async throws {
        var settings = Self.patient
        settings.identityHashBits = 10
        settings.newestIdentities = 50
        settings.chunkBytes = 500
        settings.eventsPerSegment = 7
        settings.cacheBytes = 0
        settings.commitsBetweenCursors = 2
        try await withTemporaryFolder { folder in
            try await check.run(on: SQLiteFixture(folder: folder, settings: settings))
        }
    }
}
