import JournalBehaviour
import Synchronization
import Testing

@testable import JournalPostgres

@Suite struct PostgresBehaviourTests {
    @Test(arguments: StoreBehaviour.checks)
    func `keeps the promises of every store`(check: StoreCheck) async throws {
        try await BehaviourRuns.run(check, on: PostgresFixture())
    }

    @Test(arguments: 1...12)
    func `agrees with a simple model`(seed: UInt64) async throws {
        let fixture = try await PostgresFixture { settings in
            settings.cacheBytes = seed % 3 == 0 ? 0 : 100_000
            settings.chunkBytes = seed % 4 == 0 ? 300 : 100_000
        }
        try await BehaviourRuns.run(StoreBehaviour.randomLife(seed: seed), on: fixture)
    }

    @Test(arguments: 1...12)
    func `delivers each event once by whatever lanes there are`(seed: UInt64) async throws {
        let fixture = try await PostgresFixture { settings in
            settings.cacheBytes = seed % 2 == 0 ? 0 : 100_000
            settings.chunkBytes = seed % 3 == 0 ? 300 : 100_000
        }
        try await BehaviourRuns.run(StoreBehaviour.randomLanes(seed: seed), on: fixture)
    }
}

/// Runs checks a few at a time: each store asks its database for news all the time.
enum BehaviourRuns {
    private static let places = HolderLimits(2)

    static func run(_ check: StoreCheck, on fixture: PostgresFixture) async throws {
        try await places.use {
            do {
                try await check.run(on: fixture)
            } catch {
                try await fixture.remove()
                throw error
            }
            try await fixture.remove()
        }
    }
}

/// So many at a time.
private final class HolderLimits: Sendable {
    private let turns: [Turns]
    private let next = NextNumber()

    init(_ count: Int) {
        turns = (0..<count).map { _ in Turns() }
    }

    func use(_ body: () async throws -> Void) async throws {
        try await turns[next.take() % turns.count].run { () throws(any Error) in try await body() }
    }
}

private final class NextNumber: Sendable {
    private let number = Mutex(0)

    func take() -> Int {
        number.withLock { number in
            number += 1
            return number
        }
    }
}
