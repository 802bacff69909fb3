import JournalBehaviour
import Testing

@testable import JournalPostgres

/// Journals of random events, with chunks of a few events and with large ones, with a cache and without.
@Suite struct PostgresRandomTests {
    private static func fixture(_ seed: UInt64) async throws -> PostgresFixture {
        try await PostgresFixture { settings in
            settings.cacheBytes = seed % 2 == 0 ? 0 : 100_000
            settings.chunkBytes = seed % 3 == 0 ? 300 : 100_000
            settings.pageBytes = seed % 4 == 0 ? 1500 : 1 << 20
            settings.identityHashBits = seed % 2 == 0 ? 10 : 64
        }
    }

    @Test(arguments: 1...4)
    func `finds what a look at each event finds`(seed: UInt64) async throws {
        try await BehaviourRuns.run(StoreBehaviour.randomSearches(seed: seed), on: Self.fixture(seed))
    }
}
