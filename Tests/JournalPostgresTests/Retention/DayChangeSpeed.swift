import Events
import Foundation
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

/// Measures the longest pause of appends while days are attached and dropped, beside a reader whose transaction is open:
/// `TOLLGATE_MEASURE=1 swift test -c release -Xswiftc -enable-testing --filter DayChangeSpeed`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["TOLLGATE_MEASURE"] != nil))
struct DayChangeSpeed {
    private static let days = 5
    private static let day = Duration.seconds(86_400)

    /// Appends until the task is cancelled.
    /// - Returns: the longest time that one append took.
    private static func longestAppend(_ store: PostgresEventStore) async throws -> Duration {
        var (longest, number) = (Duration.zero, 0)
        while !Task.isCancelled {
            let events = (number..<(number + 8)).map { TestJournal.event("\($0)") }
            let begin = ContinuousClock.now
            _ = try await store.append(AppendRequest(events: events, policy: .each))
            longest = max(longest, .now - begin)
            number += 8
        }
        return longest
    }

    /// The longest append while `body` runs.
    private static func pause(
        of store: PostgresEventStore,
        during body: @escaping @Sendable () async throws -> Void
    ) async throws -> Duration {
        let appending = Task { try await longestAppend(store) }
        try await Task.sleep(for: .seconds(1))
        try await body()
        appending.cancel()
        return try await appending.value
    }

    @Test func `pauses while days change`() async throws {
        let journal = try await TestJournal()
        let (server, schema) = (journal.server, journal.schema)
        let store = try await journal.open()
        let quiet = try await Self.pause(of: store) { try await Task.sleep(for: .seconds(5)) }
        // A reader keeps its snapshot and its locks for longer than all of it takes.
        let reading = "SELECT count(*) FROM chunks; SELECT pg_sleep(20)"
        async let reader: [String]? = try? server.run("BEGIN; \(reading); COMMIT -- \(schema)", schema: schema)
        try await waitUntil("the reader's transaction is open") {
            let open =
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%\(schema)' AND wait_event = 'PgSleep'"
            return try await server.run(open) == ["1"]
        }
        let now = store.parts.clock.now
        let attaching = try await Self.pause(of: store) {
            for number in 1...Self.days { try await store.parts.partitions.prepare(at: now + Self.day * number) }
        }
        let dropping = try await Self.pause(of: store) {
            let removal = DayRemoval(connection: store.parts.removals, logger: TestJournal.logger)
            let today = DayPartitions.Day(holding: now)
            for day in try await removal.days().map(\.day) where day.start > today.start {
                _ = try await removal.drop(day)
            }
        }
        _ = await reader
        print(
            "longest append: \(quiet) as it is, \(attaching) while days are attached, \(dropping) while they are dropped"
        )
        #expect(max(attaching, dropping) < .milliseconds(500))
        await store.close()
    }
}
