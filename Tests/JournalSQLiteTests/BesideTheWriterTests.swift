import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Synchronization
import TestSupport
import Testing

@testable import JournalSQLite

/// What takes long is done beside the writer, so that commits go on.
@Suite struct BesideTheWriterTests {
    /// No event is in memory when it is looked for.
    private static var settings: SQLiteStoreSettings {
        var settings = SQLiteStoreSettings()
        settings.newestIdentities = 50
        settings.cacheBytes = 0
        return settings
    }

    /// Keeps connections from reading until it is opened.
    private static func blocking(
        _ pool: DatabasePool,
        _ count: Int,
        while body: () async throws -> Void
    ) async throws {
        let (gate, begun) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let threads = DispatchQueue(label: "test.blocking", attributes: .concurrent)
        for _ in 0..<count {
            threads.async {
                _ = try? pool.read { db in
                    begun.signal()
                    gate.wait()
                    return try Int.fetchOne(db, sql: "SELECT 1")
                }
            }
        }
        defer { for _ in 0..<count { gate.signal() } }
        var isBlocked = 0
        try await waitUntil("the connections are taken") {
            if begun.wait(timeout: .now()) == .success { isBlocked += 1 }
            return isBlocked == count
        }
        try await body()
    }

    private final class Stored: Sendable {
        let results = Mutex<[AppendResult]>([])
    }

    /// Most of the new events must be stored while the request waits. The index may take one of them for an old one by mistake, which waits
    /// then, too.
    private static func expectCommitsGoOn(
        beside request: ClosedRange<Int>,
        in store: SQLiteEventStore,
        _ results: [AppendResult]
    ) async throws {
        let stored = Stored()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await blocking(store.parts.duplicates.pool, 2) {
                group.addTask {
                    let found = try await SampleStore.append(request, to: store)
                    #expect(found == results)
                }
                for number in 1001...1020 {
                    group.addTask {
                        let result = try await SampleStore.append(number...number, to: store)
                        stored.results.withLock { $0 += result }
                    }
                }
                try await waitUntil("commits have gone on") { stored.results.withLock(\.count) >= 10 }
            }
            try await group.waitForAll()
        }
        let numbers = stored.results.withLock { $0 }.compactMap { result -> Int64? in
            guard case .stored(let number) = result else { return nil }
            return number.rawValue
        }
        #expect(numbers.sorted() == Array(301...320))
    }

    @Test func `commits go on while a request waits for the old events that it repeats`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder, Self.settings)
            for first in stride(from: 1, to: 300, by: 20) {
                _ = try await SampleStore.append(first...(first + 19), to: store)
            }
            let duplicates = (100...140).map { AppendResult.duplicate(of: SequenceNumber(Int64($0))) }
            try await Self.expectCommitsGoOn(beside: 100...140, in: store, duplicates)
            await store.close()
        }
    }

    @Test func `commits go on while a damaged run is made again`() async throws {
        try await withTemporaryFolder { folder in
            var store = try SampleStore.open(folder, Self.settings)
            for first in stride(from: 1, to: 300, by: 20) {
                _ = try await SampleStore.append(first...(first + 19), to: store)
            }
            await store.close()
            store = try SampleStore.open(folder, Self.settings)
            let index = folder.appending(path: "index")
            for name in try FileManager.default.contentsOfDirectory(atPath: index.path) {
                try IdentityFileTests.damage(index.appending(path: name))
            }
            let duplicates = (100...140).map { AppendResult.duplicate(of: SequenceNumber(Int64($0))) }
            try await Self.expectCommitsGoOn(beside: 100...140, in: store, duplicates)
            await store.close()
        }
    }

    @Test func `a request with new, repeated, old and conflicting events gets each of its results`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder, Self.settings)
            for first in stride(from: 1, to: 300, by: 20) {
                _ = try await SampleStore.append(first...(first + 19), to: store)
            }
            let events = [
                SampleStore.event(501), SampleStore.event(7), SampleStore.event(501),
                SampleStore.event(8, properties: "{}"), SampleStore.event(502),
            ]
            let all = try await store.append(AppendRequest(events: events, policy: .allOrNothing))
            #expect(
                all == [
                    .withheld, .duplicate(of: 7), .withheld, .conflict(with: 8, fields: ["properties"]), .withheld,
                ]
            )
            let each = try await store.append(AppendRequest(events: events, policy: .each))
            #expect(
                each == [
                    .stored(301), .duplicate(of: 7), .duplicate(of: 301), .conflict(with: 8, fields: ["properties"]),
                    .stored(302),
                ]
            )
            await store.close()
        }
    }

    /// The first is compared at once, because it is in memory; then the writer comes to one that is not.
    @Test func `an event that was compared before the request was set aside is no new event after that`() async throws {
        try await withTemporaryFolder { folder in
            var settings = Self.settings
            settings.cacheBytes = 20_000
            let store = try SampleStore.open(folder, settings)
            for first in stride(from: 1, to: 300, by: 20) {
                _ = try await SampleStore.append(first...(first + 19), to: store)
            }
            try await waitUntil("all identities are in files") {
                store.parts.index.currentRuns.reduce(0) { $0 + $1.count } == 300
            }
            #expect(store.parts.cache.chunk(holding: 295) != nil)
            #expect(store.parts.cache.chunk(holding: 7) == nil)
            let events = [295, 301, 7, 296].map { SampleStore.event($0) }
            let results = try await store.append(AppendRequest(events: events, policy: .each))
            #expect(results == [.duplicate(of: 295), .stored(301), .duplicate(of: 7), .duplicate(of: 296)])
            await store.close()
        }
    }

    @Test func `catches up with tables that could not be written`() async throws {
        try await withTemporaryFolder { folder in
            let index = try IdentityIndex(
                folder: folder,
                unit: 100,
                key: IdentityIndexTests.key,
                logger: IdentityIndexTests.logger
            )
            func insert(_ range: ClosedRange<Int64>) {
                for sequence in range {
                    index.insert(EventIdentity(hash: UInt64(sequence) << 40, isScoped: false), sequence)
                    index.flushIfFull(newest: sequence)
                }
            }
            try FileManager.default.removeItem(at: folder)
            insert(1...300)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            insert(301...400)
            try await waitUntil("all tables are written") { index.currentRuns.reduce(0) { $0 + $1.count } == 400 }
            #expect(try index.sequences(sharing: 5 << 40).contains(5))
        }
    }

    @Test func `takes no more identities than it has memory for while none can be written`() async throws {
        try await withTemporaryFolder { folder in
            var settings = Self.settings
            settings.newestIdentities = 5
            let store = try SampleStore.open(folder, settings)
            let index = folder.appending(path: "index")
            try FileManager.default.removeItem(at: index)
            try Data().write(to: index)
            var next = 1
            await #expect(throws: StoreError.full(retryAfter: .seconds(5))) {
                while next < 2000 {
                    _ = try await SampleStore.append(next...(next + 4), to: store)
                    next += 5
                }
            }
            #expect(next > 100)
            await store.close()
        }
    }

    @Test func `makes the parts of the search index that could not be written, without another event`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.eventsPerSegment = 10
            settings.indexRetryPause = .milliseconds(20)
            let store = try SampleStore.open(folder, settings)
            let columns = folder.appending(path: "columns")
            try FileManager.default.removeItem(at: columns)
            for first in stride(from: 1, to: 300, by: 5) {
                _ = try await SampleStore.append(first...(first + 4), to: store)
            }
            try await ColumnIndexTests.expectAll(300, in: store)
            try FileManager.default.createDirectory(at: columns, withIntermediateDirectories: true)
            try await waitUntil("the index is whole") {
                let snapshot = store.parts.columns.snapshot()
                return snapshot.gaps.isEmpty && snapshot.segments.allSatisfy { $0.image == nil || $0.count < 10 }
            }
            try await ColumnIndexTests.expectAll(300, in: store)
            await store.close()
        }
    }
}
