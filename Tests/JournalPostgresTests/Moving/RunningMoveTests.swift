import Events
import Foundation
import Journal
import JournalFormat
import JournalSQLite
import PostgresServer
import Synchronization
import TestSupport
import Testing

@testable import JournalPostgres

/// Copying a journal while a gateway goes on with it.
@Suite struct RunningMoveTests {
    private static func append(_ ids: Range<Int>, to store: SQLiteEventStore, tenant: TenantID = "shop", plan: Plan)
        async throws
    {
        for start in stride(from: ids.lowerBound, to: ids.upperBound, by: 10) {
            let numbers = start..<min(start + 10, ids.upperBound)
            let events = numbers.map { TestJournal.event("event-\($0)", tenant: tenant, plan: plan) }
            _ = try await store.append(AppendRequest(events: events, policy: .each))
        }
    }

    private static func deliver(_ store: SQLiteEventStore) async throws {
        let lease = try await store.lease("lago")
        let limit = BlockLimit(events: 10_000, bytes: 1 << 24)
        let claimed = try await store.claimBlock(under: lease, limit: limit)?.deliveries.map(\.sequence) ?? []
        let attempt = Attempt(
            at: Timestamp(milliseconds: 1_750_000_001_000),
            latency: .milliseconds(3),
            httpStatus: 200,
            status: .delivered
        )
        let run = DeliveredRun(sequences: claimed, attempt: attempt)
        try await store.settle(Settlement(provider: "lago", delivered: [run]), under: lease)
    }

    /// A copy of a journal that is open, and how it is told to end.
    private static func copying(_ folder: URL, to journal: TestJournal) throws -> (
        copy: Task<Void, any Error>, isUp: Flag, isOver: Flag
    ) {
        let running = try RunningJournal(reading: folder)
        let (isUp, isOver) = (Flag(), Flag())
        let copy = Task {
            defer { running.close() }
            try await EventCopy(from: running, to: journal.settings, logger: TestJournal.logger).run(
                { _ in },
                isUp: { isUp.raise() },
                until: { isOver.isRaised }
            )
        }
        return (copy, isUp, isOver)
    }

    private static func copiedEvents(_ journal: TestJournal) async throws -> [String] {
        try await journal.server.run("SELECT coalesce(sum(count), 0) FROM chunks", schema: journal.schema)
    }

    @Test func `copies what comes while a gateway runs, and moves the rest when it has stopped`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.chunkBytes = 2000
            let store = try SQLiteEventStore(opening: folder, settings: settings, logger: TestJournal.logger)
            try await Self.append(0..<200, to: store, plan: TestJournal.plan)
            let journal = try await TestJournal()
            let (copy, isUp, isOver) = try Self.copying(folder, to: journal)
            try await waitUntil("the copy is up with the journal") { isUp.isRaised }
            // Of a tenant, and by a plan, that nobody knew when the copy began.
            let plan = Plan(
                route: "new",
                destinations: [Destination(provider: "polar", adapter: "polar", mode: .primary)]
            )
            try await Self.append(200..<260, to: store, tenant: "new", plan: plan)
            try await waitUntil("the new events are copied") { try await Self.copiedEvents(journal) == ["260"] }
            try await Self.deliver(store)
            isOver.raise()
            try await copy.value
            try await Self.append(260..<270, to: store, plan: TestJournal.plan)
            await store.close()

            let stopped = try SQLiteEventStore(opening: folder, toMove: true, logger: TestJournal.logger)
            let report = try await JournalMove(from: stopped, to: journal.settings, logger: TestJournal.logger)
                .run { _ in }
            await stopped.close()
            #expect(report.wasContinued && report.events == 270 && report.damagedChunks == 0)
            #expect(report.backlog == 70)
            let moved = try await journal.open()
            #expect(try await moved.events(withID: "event-259", of: "new").map(\.sequence) == [260])
            let delivered = try await moved.events(withID: "event-7", of: "shop").first
            #expect(delivered?.deliveries.map(\.status) == [.delivered])
            let repeats = (200..<260).map { TestJournal.event("event-\($0)", tenant: "new", plan: plan) }
            let results = try await moved.append(AppendRequest(events: repeats, policy: .each))
            #expect(results.allSatisfy { if case .duplicate = $0 { true } else { false } })
            await moved.close()
        }
    }

    @Test func `leaves out what retention has removed since it was copied`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.chunkBytes = 2000
            let store = try SQLiteEventStore(opening: folder, settings: settings, logger: TestJournal.logger)
            try await Self.append(0..<100, to: store, plan: TestJournal.plan)
            try await Self.deliver(store)
            try await Self.append(100..<120, to: store, plan: TestJournal.plan)
            let journal = try await TestJournal()
            let (copy, isUp, isOver) = try Self.copying(folder, to: journal)
            try await waitUntil("the copy is up with the journal") { isUp.isRaised }
            isOver.raise()
            try await copy.value
            #expect(try await Self.copiedEvents(journal) == ["120"])
            let removed = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 1_760_000_000_000))
            #expect(removed == 100)
            await store.close()

            let stopped = try SQLiteEventStore(opening: folder, toMove: true, logger: TestJournal.logger)
            let report = try await JournalMove(from: stopped, to: journal.settings, logger: TestJournal.logger)
                .run { _ in }
            await stopped.close()
            #expect(report.events == 20)
            let moved = try await journal.open()
            #expect(try await moved.events(withID: "event-7", of: "shop").isEmpty)
            #expect(try await moved.events(withID: "event-107", of: "shop").count == 1)
            await moved.close()
        }
    }

    @Test func `a journal of another layout is not copied while it runs`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(opening: folder, logger: TestJournal.logger)
            await store.close()
            // Where SQLite keeps the version that a program gives its tables.
            let file = try FileHandle(forUpdating: folder.appending(path: "journal.sqlite"))
            try file.seek(toOffset: 60)
            try file.write(contentsOf: [0, 0, 0, 3])
            try file.close()
            let reason = await refusalReason { _ = try RunningJournal(reading: folder) }
            #expect(reason.hasPrefix("the gateway that has it open is of another version (layout 3, not "))
        }
    }
}

/// A flag that one task raises and others look at.
private final class Flag: Sendable {
    private let isUp = Mutex(false)

    var isRaised: Bool { isUp.withLock { $0 } }

    func raise() { isUp.withLock { $0 = true } }
}
