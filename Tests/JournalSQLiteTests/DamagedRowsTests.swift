import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import Synchronization
import TestSupport
import Testing

@testable import JournalSQLite

/// Values of other types in a journal's rows, as a damaged file or another program leaves them: they are reported, and end no process.
@Suite struct DamagedRowsTests {
    /// A column, and what it never has.
    struct Damage: Sendable, CustomTestStringConvertible {
        let table: String
        let column: String
        let values: [String]

        init(_ table: String, _ column: String, _ values: [String] = ["NULL", "'text'", "x'00ff'"]) {
            self.table = table
            self.column = column
            self.values = values
        }

        var testDescription: String { "\(table).\(column)" }

        static let all = [
            Damage("chunks", "count", ["NULL", "'text'", "x'00ff'", "0", "-5", "9223372036854775807"]),
            Damage("providers", "name", ["NULL", "x'00ff'"]),
            Damage("providers", "cursor", ["NULL", "'text'", "x'00ff'", "-1", "9223372036854775807"]),
            Damage("origins", "tenant", ["NULL", "x'00ff'"]), Damage("origins", "client", ["NULL", "x'00ff'"]),
            Damage("plans", "encoded", ["NULL"]),
            Damage("deliveries", "status"),
            Damage("deliveries", "attempts", ["NULL", "'text'", "x'00ff'", "-1", "9223372036854775807"]),
            Damage("deliveries", "fault_is_last_attempts"),
            Damage("attempts", "at"), Damage("attempts", "latency"), Damage("attempts", "status"),
            Damage("attempts", "deduplicated"), Damage("attempts", "http_status", ["'text'", "x'00ff'"]),
            Damage("delivered", "at"), Damage("delivered", "latency"), Damage("delivered", "deduplicated"),
            Damage("delivered", "skipped"), Damage("delivered", "last", ["'text'", "x'00ff'"]),
            Damage("delivered", "members", ["'text'", "x''", "x'00'", "x'00ff'"]),
            Damage("holds", "until"), Damage("holds", "is_parked"),
            Damage("operator_holds", "until"), Damage("operator_holds", "client", ["NULL", "x'00ff'"]),
            Damage("pins", "accepted_from"), Damage("pins", "expires_at"),
        ]
    }

    /// A journal with a row in each of these tables.
    private func makeJournal(in folder: URL) async throws {
        let store = try SampleStore.open(folder)
        _ = try await SampleStore.append(1...4, to: store)
        let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 9, bytes: 1 << 20))
        let sequences = try #require(block).deliveries.map(\.sequence)
        let time = Timestamp(milliseconds: 1_750_000_000_000)
        let fault = DeliveryFault(code: .timeout, message: "no answer")
        let run = DeliveredRun(
            sequences: Array(sequences[..<2]),
            attempt: Attempt(at: time, latency: .milliseconds(1), httpStatus: 200, status: .delivered)
        )
        let retry = SettledDelivery(
            sequence: sequences[2],
            status: .retrying,
            newAttempts: [
                Attempt(at: time, latency: .milliseconds(1), httpStatus: 500, status: .retrying, fault: fault)
            ],
            nextAttemptAt: time,
            reachedAt: time,
            fault: fault
        )
        try await store.settle(Settlement(provider: "lago", delivered: [run], exceptions: [retry]))
        await store.close()
        try await change(folder) { db in
            try db.execute(sql: "INSERT INTO holds VALUES('lago', 1, 1, 'timeout', 'no answer', NULL)")
            try db.execute(sql: "INSERT INTO operator_holds(provider, until, client, at) VALUES('lago', 1, 'ops', 1)")
            try db.execute(sql: "INSERT INTO pins(name, accepted_from, expires_at) VALUES('pin', 1, 9999999999999)")
        }
    }

    private func change(_ folder: URL, _ body: @Sendable (Database) throws -> Void) async throws {
        let database = try DatabaseQueue(path: folder.appending(path: "journal.sqlite").path)
        try await database.write { try body($0) }
        try database.close()
    }

    private func damage(_ damage: Damage, with value: String, in folder: URL) async throws {
        try await change(folder) { db in
            try db.execute(sql: "PRAGMA writable_schema = ON")
            try db.execute(
                sql: "UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE name = ?",
                arguments: [damage.table]
            )
        }
        // Another connection, which reads the schema again.
        try await change(folder) { db in
            try db.execute(sql: "UPDATE \(damage.table) SET \(damage.column) = \(value)")
            #expect(db.changesCount > 0, "\(damage.table) is empty")
        }
    }

    /// What goes wrong when the journal is opened and read; nil if nothing does.
    private func failure(of folder: URL) async throws -> StoreError? {
        let store: SQLiteEventStore
        do {
            store = try SampleStore.open(folder)
        } catch let error as StoreError {
            return error
        }
        var failure: StoreError?
        do throws(StoreError) {
            for id in 1...4 { _ = try await store.events(withID: EventID("event-\(id)"), of: "shop") }
            _ = try await store.hold(of: "lago")
            _ = try await store.operatorHold(of: "lago")
            _ = try await store.pins()
        } catch {
            failure = error
        }
        await store.close()
        return failure
    }

    @Test func `nothing is wrong with rows as they were written`() async throws {
        try await withTemporaryFolder { folder in
            try await makeJournal(in: folder)
            #expect(try await failure(of: folder) == nil)
        }
    }

    @Test(arguments: Damage.all) func `a value of another type is reported`(damage: Damage) async throws {
        for value in damage.values {
            try await withTemporaryFolder { folder in
                try await makeJournal(in: folder)
                try await self.damage(damage, with: value, in: folder)
                let failure = try await failure(of: folder)
                let text = String(describing: failure)
                #expect(
                    text.contains("the database is damaged") || text.contains("does not recognize"),
                    "\(damage.table).\(damage.column) = \(value): \(text)"
                )
            }
        }
    }

    /// What is handed to the writer right before it is woken, so that one commit takes both.
    private final class Companion: Sendable {
        private let submit = Mutex<(@Sendable () -> Void)?>(nil)

        var isWaiting: Bool { submit.withLock { $0 != nil } }

        func wait(to submit: @escaping @Sendable () -> Void) { self.submit.withLock { $0 = submit } }

        func join() {
            let submit = submit.withLock { submit in
                defer { submit = nil }
                return submit
            }
            submit?()
        }
    }

    @Test func `a damaged row fails nothing else of its commit`() async throws {
        try await withTemporaryFolder { folder in
            try await makeJournal(in: folder)
            try await damage(Damage("deliveries", "attempts"), with: "'text'", in: folder)
            let companion = Companion()
            let store = try SampleStore.open(folder) { wake in
                companion.join()
                wake()
            }
            let lease = try await store.lease("lago")
            let request = AppendRequest(events: [SampleStore.event(5)], policy: .each)
            let append = PreparedAppend(request, names: store.parts.names)
            let commits = store.parts.commits
            let appended = Task {
                await withCheckedContinuation { (answer: WriteOperation.Answer<[AppendResult]>) in
                    companion.wait { commits.submit(.append(append, answer)) }
                }
            }
            try await waitUntil("the append waits for the settlement") { companion.isWaiting }
            let settled = SettledDelivery(sequence: 3, status: .rejected)
            // Whoever settles before the writer sleeps wakes nobody.
            while companion.isWaiting {
                await #expect(throws: StoreError.self) {
                    try await store.settle(Settlement(provider: "lago", exceptions: [settled]), under: lease)
                }
            }
            let results = try await appended.value.get()
            #expect(results == [.stored(5)])
            #expect(try await store.events(withID: "event-5", of: "shop").count == 1)
            await store.close()
        }
    }

    @Test func `a retry whose row is damaged is not sent, and holds up no other one`() async throws {
        try await withTemporaryFolder { folder in
            try await makeJournal(in: folder)
            let time = Timestamp(milliseconds: 1_750_000_000_000)
            let limit = BlockLimit(events: 9, bytes: 1 << 20)
            let before = try SampleStore.open(folder)
            let first = try await before.lease("lago")
            let block = try #require(try await before.claimBlock(under: first, limit: limit))
            #expect(block.deliveries.map(\.sequence) == [4])
            let retry = SettledDelivery(sequence: 4, status: .retrying, nextAttemptAt: time)
            try await before.settle(Settlement(provider: "lago", exceptions: [retry]), under: first)
            await before.close()
            try await change(folder) { db in
                try db.execute(sql: "UPDATE deliveries SET attempts = -1 WHERE sequence = 3")
            }

            let store = try SampleStore.open(folder)
            let lease = try await store.lease("lago")
            #expect(try await store.claimDue(under: lease, at: time, limit: limit).map(\.sequence) == [4])
            #expect(try await store.claimDue(under: lease, at: time, limit: limit).isEmpty)
            #expect(store.nextDue(for: "lago") == nil)
            await store.close()
        }
    }
}
