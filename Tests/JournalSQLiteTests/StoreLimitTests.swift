import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import TestSupport
import Testing

@testable import JournalSQLite

/// Limits on what the store keeps, and a disk that is full.
@Suite struct StoreLimitTests {
    @Test func `acknowledges nothing on a full disk, and goes on when there is room`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            _ = try await SampleStore.append(1...10, to: store)
            try await store.limitPages(to: 160)
            let large = #"{"text":"\#(SampleStore.noise(10_000))"}"#
            var stored = 10
            do {
                while stored < 1000 {
                    let events = [SampleStore.event(stored + 1, properties: large)]
                    _ = try await store.append(AppendRequest(events: events, policy: .each))
                    stored += 1
                }
                Issue.record("the disk was never full")
            } catch {
                #expect(error as? StoreError == .full(retryAfter: .seconds(5)))
            }
            #expect(try await store.newestPosition() == JournalPosition(SequenceNumber(Int64(stored))))
            try await store.limitPages(to: 1_000_000)
            // What failed left no trace: not its number, not its id.
            let again = try await store.append(AppendRequest(events: [SampleStore.event(stored + 1)], policy: .each))
            #expect(again == [.stored(SequenceNumber(Int64(stored + 1)))])
            await store.close()
        }
    }

    /// `mount -t tmpfs -o size=16m tmpfs /mnt && TOLLGATE_SMALL_DISK=/mnt swift test --filter StoreLimitTests`
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TOLLGATE_SMALL_DISK"] != nil))
    func `survives a disk that really is full`() async throws {
        let disk = URL(filePath: ProcessInfo.processInfo.environment["TOLLGATE_SMALL_DISK"] ?? "/mnt")
        let folder = disk.appending(path: "data")
        let ballast = disk.appending(path: "ballast")
        try Data(count: 6 << 20).write(to: ballast)
        var store = try SampleStore.open(folder)
        var stored: Int64 = 0
        await #expect(throws: StoreError.full(retryAfter: .seconds(5))) {
            while stored < 1_000_000 {
                _ = try await SampleStore.append(Int(stored + 1)...Int(stored + 100), to: store)
                stored += 100
            }
        }
        await #expect(throws: StoreError.self) { try await SampleStore.append(1_000_001...1_001_000, to: store) }
        try FileManager.default.removeItem(at: ballast)
        let next = SequenceNumber(stored + 1)
        #expect(try await SampleStore.append(2_000_000...2_000_000, to: store) == [.stored(next)])
        await store.close()
        store = try SampleStore.open(folder)
        #expect(try await store.newestPosition() == JournalPosition(next))
        #expect(try await SampleStore.append(1...1, to: store) == [.duplicate(of: 1)])
        #expect(try await store.events(withID: EventID("event-\(stored)"), of: "shop").count == 1)
        await store.close()
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `keeps to the limit on the backlog`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.backlogLimitEvents = 10
            settings.retryAfterFull = .seconds(7)
            let store = try SampleStore.open(folder, settings)
            _ = try await SampleStore.append(1...10, to: store)
            await #expect(throws: StoreError.full(retryAfter: .seconds(7))) {
                try await SampleStore.append(11...11, to: store)
            }
            #expect(try await store.fullness() == .backlog)
            let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 4, bytes: 1 << 20))
            let run = DeliveredRun(
                sequences: try #require(block).deliveries.map(\.sequence),
                attempt: Attempt(at: Timestamp(milliseconds: 0), latency: .zero, httpStatus: 200, status: .delivered)
            )
            try await store.settle(Settlement(provider: "lago", delivered: [run]))
            #expect(try await store.fullness() == nil)
            _ = try await SampleStore.append(11...11, to: store)
            await store.close()
        }
    }

    @Test func `says that the limit on the disk is reached`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.diskLimitBytes = 1 << 30
            let roomy = try SampleStore.open(folder, settings)
            #expect(try await roomy.fullness() == nil)
            await roomy.close()
            // Less than an empty journal has.
            settings.diskLimitBytes = 1
            let store = try SampleStore.open(folder, settings)
            #expect(try await store.fullness() == .limit)
            await #expect(throws: StoreError.full(retryAfter: .seconds(5))) {
                try await SampleStore.append(1...1, to: store)
            }
            await store.close()
        }
    }

    @Test func `keeps to the limit on the disk, and still settles`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.diskLimitBytes = 200_000
            let store = try SampleStore.open(folder, settings)
            var next = 1
            await #expect(throws: StoreError.full(retryAfter: .seconds(5))) {
                while next < 100_000 {
                    _ = try await SampleStore.append(next...(next + 99), to: store)
                    next += 100
                }
            }
            #expect(next > 100)
            try await store.settle(
                Settlement(
                    provider: "lago",
                    exceptions: [SettledDelivery(sequence: SequenceNumber(1), status: .discarded)]
                )
            )
            await store.close()
        }
    }

    @Test func `counts the log and the indexes to the limit on the disk, and takes events again when there is room`()
        async throws
    {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.diskLimitBytes = 2 << 20
            settings.newestIdentities = 500
            settings.eventsPerSegment = 500
            let store = try SampleStore.open(folder, settings)
            var next = 1
            await #expect(throws: StoreError.full(retryAfter: .seconds(5))) {
                while next < 1_000_000 {
                    _ = try await SampleStore.append(next...(next + 99), to: store)
                    next += 100
                }
            }
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            let bytes = files.reduce(0) { sum, name in
                var status = stat()
                let isFile = stat(folder.appending(path: name).path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
                return sum + (isFile ? Int(status.st_size) : 0)
            }
            #expect(bytes < 3 << 20)
            while let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 1000, bytes: 1 << 20)) {
                let attempt = Attempt(
                    at: Timestamp(milliseconds: 1),
                    latency: .zero,
                    httpStatus: 200,
                    status: .delivered
                )
                let run = DeliveredRun(sequences: block.deliveries.map(\.sequence), attempt: attempt)
                try await store.settle(Settlement(provider: "lago", delivered: [run]))
            }
            _ = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: .max))
            try await waitUntil("there is room") {
                do {
                    _ = try await SampleStore.append(next...(next + 99), to: store)
                    return true
                } catch StoreError.full {
                    return false
                }
            }
            await store.close()
        }
    }

    @Test func `moves pages out of the log while it writes`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            let large = #"{"text":"\#(SampleStore.noise(100_000))"}"#
            var written = 0
            // On a busy machine, the thread that moves them may be late.
            try await waitUntil("the log has begun anew") {
                for id in written..<(written + 1000) {
                    _ = try await store.append(
                        AppendRequest(events: [SampleStore.event(id, properties: large)], policy: .each)
                    )
                }
                written += 1000
                let log = try FileManager.default.attributesOfItem(
                    atPath: folder.appending(path: "journal.sqlite-wal").path
                )
                return try #require(log[.size] as? Int) < written * (80 << 10)
            }
            await store.close()
        }
    }

    @Test func `keeps the newest audit entries of each category, and never gives a number twice`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.auditEntriesPerCategory = 3
            let store = try SampleStore.open(folder, settings)
            func record(_ category: AuditEntry.Category, _ action: String, _ address: String) async throws {
                try await store.record(
                    AuditEntry(
                        at: Timestamp(milliseconds: 1),
                        category: category,
                        action: action,
                        tenant: nil,
                        actor: nil,
                        keyID: nil,
                        remoteAddress: address,
                        details: [:]
                    )
                )
            }
            try await record(.administration, "providers: hold", "10.0.0.1")
            for number in 1...10 { try await record(.signIn, "refused \(number)", "10.0.0.2") }
            let kept = try await store.auditLog(AuditFilter(), before: nil, limit: 100)
            #expect(kept.map(\.entry.action) == ["refused 10", "refused 9", "refused 8", "providers: hold"])
            #expect(kept.map(\.number) == [11, 10, 9, 1])
            await store.close()
        }
    }
}

extension SQLiteEventStore {
    /// Lets the database grow to so many pages, as a disk of that size would.
    fileprivate func limitPages(to count: Int) async throws {
        _ = try await pool.writeWithoutTransaction { db in
            try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(count)")
        }
    }
}
