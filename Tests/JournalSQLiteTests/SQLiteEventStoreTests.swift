import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import Logging
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct SQLiteEventStoreTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func open(_ folder: URL, _ settings: SQLiteStoreSettings = SQLiteStoreSettings()) throws -> SQLiteEventStore
    {
        try SQLiteEventStore(opening: folder, settings: settings, logger: logger)
    }

    static func event(_ id: Int, properties: String? = nil) -> AcceptedEvent {
        let now = Timestamp(milliseconds: 1_750_000_000_000)
        return AcceptedEvent(
            tenant: "shop",
            client: "web",
            id: EventID("event-\(id)"),
            name: "api_request",
            customerID: "c",
            subscriptionID: nil,
            timestamp: now,
            timestampWasGiven: true,
            source: nil,
            properties: properties.map { JSONText(checked: $0) },
            vendor: nil,
            acceptedAt: now,
            plan: ProviderProgressTests.own
        )
    }

    /// Letters that no packing makes fewer.
    static func noise(_ count: Int) -> String {
        var generator = SeededGenerator(seed: 1)
        return String(decoding: (0..<count).map { _ in UInt8.random(in: 97...122, using: &generator) }, as: UTF8.self)
    }

    static func append(_ ids: ClosedRange<Int>, to store: SQLiteEventStore) async throws -> [AppendResult] {
        try await store.append(AppendRequest(events: ids.map { event($0) }, policy: .each))
    }

    @Test func `flushes every commit`() async throws {
        try await withTemporaryFolder { folder in
            let store = try Self.open(folder)
            _ = try await Self.append(1...3, to: store)
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
            let store = try Self.open(deep)
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
                let store = try Self.open(data, settings)
                _ = try await Self.append((round * 100 + 1)...(round * 100 + 90), to: store)
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
            let store = try Self.open(folder)
            let inUse = StoreError.folderInUse(path: folder.path, process: getpid())
            #expect(throws: inUse) { try Self.open(folder) }
            await store.close()
            await store.close()
            try await Self.open(folder).close()
        }
    }

    @Test func `refuses the data of a newer version and leaves it alone`() async throws {
        try await withTemporaryFolder { folder in
            try await Self.open(folder).close()
            let file = folder.appending(path: "journal.sqlite").path
            try await DatabaseQueue(path: file).write {
                try $0.execute(sql: "PRAGMA user_version = \(Schema.version + 1)")
            }
            #expect(throws: StoreError.newerFormat(path: file, found: Schema.version + 1, known: Schema.version)) {
                try Self.open(folder)
            }
            #expect(throws: StoreError.newerFormat(path: file, found: Schema.version + 1, known: Schema.version)) {
                try Self.open(folder)
            }
        }
    }

    @Test func `brings the data of the first version to the present one`() async throws {
        try await withTemporaryFolder { folder in
            let store = try Self.open(folder)
            _ = try await Self.append(1...3, to: store)
            await store.close()
            let file = folder.appending(path: "journal.sqlite").path
            try await DatabaseQueue(path: file).write { db in
                try OlderJournal.lower(db, to: 1)
            }
            let raised = try Self.open(folder)
            #expect(raised.newestSequence == 3)
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

    @Test func `keeps the newest audit entries of each category, and never gives a number twice`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.auditEntriesPerCategory = 3
            let store = try Self.open(folder, settings)
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

    @Test func `refuses a database of another program`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "journal.sqlite").path
            try await DatabaseQueue(path: file).write { try $0.execute(sql: "CREATE TABLE mine(x)") }
            let reason = "the database belongs to another program"
            #expect(throws: StoreError.unusable(path: file, reason: reason)) { try Self.open(folder) }
        }
    }

    @Test func `says why a folder cannot be used`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data("x".utf8).write(to: file)
            #expect(throws: StoreError.self) { try Self.open(file.appending(path: "data")) }
            try Data("this is no database, but long enough to be taken for one".utf8)
                .write(to: folder.appending(path: "journal.sqlite"))
            let error = #expect(throws: StoreError.self) { try Self.open(folder) }
            guard case .unusable(let path, let reason) = error else {
                Issue.record("found \(String(describing: error))")
                return
            }
            #expect(path == folder.path)
            #expect(reason.contains("not a database"))
        }
    }

    @Test func `acknowledges nothing on a full disk, and goes on when there is room`() async throws {
        try await withTemporaryFolder { folder in
            let store = try Self.open(folder)
            _ = try await Self.append(1...10, to: store)
            try await store.limitPages(to: 160)
            let large = #"{"text":"\#(Self.noise(10_000))"}"#
            var stored = 10
            do {
                while stored < 1000 {
                    let events = [Self.event(stored + 1, properties: large)]
                    _ = try await store.append(AppendRequest(events: events, policy: .each))
                    stored += 1
                }
                Issue.record("the disk was never full")
            } catch {
                #expect(error as? StoreError == .full(retryAfter: .seconds(5)))
            }
            #expect(store.newestSequence == SequenceNumber(Int64(stored)))
            try await store.limitPages(to: 1_000_000)
            // What failed left no trace: not its number, not its id.
            let again = try await store.append(AppendRequest(events: [Self.event(stored + 1)], policy: .each))
            #expect(again == [.stored(SequenceNumber(Int64(stored + 1)))])
            await store.close()
        }
    }

    /// `mount -t tmpfs -o size=16m tmpfs /mnt && TOLLGATE_SMALL_DISK=/mnt swift test --filter SQLiteEventStoreTests`
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TOLLGATE_SMALL_DISK"] != nil))
    func `survives a disk that really is full`() async throws {
        let disk = URL(filePath: ProcessInfo.processInfo.environment["TOLLGATE_SMALL_DISK"] ?? "/mnt")
        let folder = disk.appending(path: "data")
        let ballast = disk.appending(path: "ballast")
        try Data(count: 6 << 20).write(to: ballast)
        var store = try Self.open(folder)
        var stored: Int64 = 0
        await #expect(throws: StoreError.full(retryAfter: .seconds(5))) {
            while stored < 1_000_000 {
                _ = try await Self.append(Int(stored + 1)...Int(stored + 100), to: store)
                stored += 100
            }
        }
        await #expect(throws: StoreError.self) { try await Self.append(1_000_001...1_001_000, to: store) }
        try FileManager.default.removeItem(at: ballast)
        let next = SequenceNumber(stored + 1)
        #expect(try await Self.append(2_000_000...2_000_000, to: store) == [.stored(next)])
        await store.close()
        store = try Self.open(folder)
        #expect(store.newestSequence == next)
        #expect(try await Self.append(1...1, to: store) == [.duplicate(of: 1)])
        #expect(try await store.events(withID: EventID("event-\(stored)"), of: "shop").count == 1)
        await store.close()
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `keeps to the limit on the backlog`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.backlogLimitEvents = 10
            settings.retryAfterFull = .seconds(7)
            let store = try Self.open(folder, settings)
            _ = try await Self.append(1...10, to: store)
            await #expect(throws: StoreError.full(retryAfter: .seconds(7))) {
                try await Self.append(11...11, to: store)
            }
            let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 4, bytes: 1 << 20))
            let run = DeliveredRun(
                sequences: try #require(block).deliveries.map(\.sequence),
                attempt: Attempt(at: Timestamp(milliseconds: 0), latency: .zero, httpStatus: 200, status: .delivered)
            )
            try await store.settle(Settlement(provider: "lago", delivered: [run]))
            _ = try await Self.append(11...11, to: store)
            await store.close()
        }
    }

    @Test func `keeps to the limit on the disk, and still settles`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.diskLimitBytes = 200_000
            let store = try Self.open(folder, settings)
            var next = 1
            await #expect(throws: StoreError.full(retryAfter: .seconds(5))) {
                while next < 100_000 {
                    _ = try await Self.append(next...(next + 99), to: store)
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
            let store = try Self.open(folder, settings)
            var next = 1
            await #expect(throws: StoreError.full(retryAfter: .seconds(5))) {
                while next < 1_000_000 {
                    _ = try await Self.append(next...(next + 99), to: store)
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
                    _ = try await Self.append(next...(next + 99), to: store)
                    return true
                } catch StoreError.full {
                    return false
                }
            }
            await store.close()
        }
    }

    @Test func `an event that stays forever does not keep the identities of those that are gone`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 20
            let store = try Self.open(folder, settings)
            for batch in 0..<100 { _ = try await Self.append((batch * 10 + 1)...(batch * 10 + 10), to: store) }
            while let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 100, bytes: 1 << 20)) {
                let settled = block.deliveries.map { delivery in
                    let isLost = [1, 555].contains(delivery.sequence.rawValue)
                    return SettledDelivery(sequence: delivery.sequence, status: isLost ? .rejected : .discarded)
                }
                try await store.settle(Settlement(provider: "lago", exceptions: settled))
            }
            #expect(try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: .max)) == 980)
            try await waitUntil("the index forgets them") {
                store.parts.index.currentRuns.reduce(0) { $0 + $1.count } <= 40
            }
            #expect(try await Self.append(555...555, to: store) == [.duplicate(of: 555)])
            #expect(try await Self.append(556...556, to: store) == [.duplicate(of: 556)])
            #expect(try await Self.append(20...20, to: store) == [.stored(1001)])
            await store.close()
            let reopened = try Self.open(folder, settings)
            #expect(try await Self.append(1...1, to: reopened) == [.duplicate(of: 1)])
            #expect(try await Self.append(20...20, to: reopened) == [.duplicate(of: 1001)])
            await reopened.close()
        }
    }

    @Test func `finds duplicates when files of the index are missing, damaged or half written`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 50
            let index = folder.appending(path: "index")
            var store = try Self.open(folder, settings)
            for batch in 0..<30 { _ = try await Self.append((batch * 20 + 1)...(batch * 20 + 20), to: store) }
            for round in 0..<3 {
                await store.close()
                let runs = try FileManager.default.contentsOfDirectory(at: index, includingPropertiesForKeys: nil)
                let run = try #require(runs.sorted { $0.path < $1.path }.first)
                switch round {
                case 0: try FileManager.default.removeItem(at: run)
                case 1: try Data(contentsOf: run).dropLast(100).write(to: run)
                default: try Data("half".utf8).write(to: index.appending(path: "1-600.run.new"))
                }
                store = try Self.open(folder, settings)
                let results = try await Self.append(1...600, to: store)
                #expect(results == (1...600).map { .duplicate(of: SequenceNumber($0)) })
            }
            await store.close()
        }
    }

    @Test(arguments: [true, false])
    func `makes a run again whose pages turn out to be damaged`(whileOpen: Bool) async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 500
            var store = try Self.open(folder, settings)
            _ = try await Self.append(1...400, to: store)
            await store.close()
            if whileOpen { store = try Self.open(folder, settings) }
            try Self.damage(folder.appending(path: "index/1-400.run"))
            if !whileOpen { store = try Self.open(folder, settings) }
            #expect(try await store.events(withID: "event-7", of: "shop").count == 1)
            let results = try await Self.append(1...400, to: store)
            #expect(results == (1...400).map { .duplicate(of: SequenceNumber($0)) })
            await store.close()
        }
    }

    @Test func `a damaged run that cannot be made again at once is not forgotten`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 500
            let first = try Self.open(folder, settings)
            _ = try await Self.append(1...400, to: first)
            await first.close()
            let store = try Self.open(folder, settings)
            let run = folder.appending(path: "index/1-400.run")
            try Self.damage(run)
            // Where the new run would be written first.
            let obstacle = run.appendingPathExtension("new")
            try FileManager.default.createDirectory(
                at: obstacle.appending(path: "a"),
                withIntermediateDirectories: true
            )
            await #expect(throws: StoreError.self) { () async throws in
                _ = try await Self.append(1...400, to: store)
            }
            try FileManager.default.removeItem(at: obstacle)
            let duplicates = (1...400).map { AppendResult.duplicate(of: SequenceNumber($0)) }
            let results = try await Self.append(1...400, to: store)
            #expect(results == duplicates)
            await store.close()
            let last = try Self.open(folder, settings)
            let resultsLater = try await Self.append(1...400, to: last)
            #expect(resultsLater == duplicates)
            await last.close()
        }
    }

    static func damage(_ run: URL) throws {
        let file = try FileHandle(forUpdating: run)
        try file.seek(toOffset: 100)
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: 100)
        try file.write(contentsOf: [byte ^ 1])
        try file.close()
    }

    @Test func `forgets the index of what retention has removed`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 20
            let store = try Self.open(folder, settings)
            for batch in 0..<20 { _ = try await Self.append((batch * 20 + 1)...(batch * 20 + 20), to: store) }
            while let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 100, bytes: 1 << 20)) {
                let settled = block.deliveries.map { SettledDelivery(sequence: $0.sequence, status: .discarded) }
                try await store.settle(Settlement(provider: "lago", exceptions: settled))
            }
            #expect(try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: .max)) == 400)
            await store.close()
            let runs = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "index").path)
            #expect(runs == [])
        }
    }

    @Test func `moves pages out of the log while it writes`() async throws {
        try await withTemporaryFolder { folder in
            let store = try Self.open(folder)
            let large = #"{"text":"\#(Self.noise(100_000))"}"#
            for id in 0..<1000 {
                _ = try await store.append(AppendRequest(events: [Self.event(id, properties: large)], policy: .each))
            }
            let log = try FileManager.default.attributesOfItem(
                atPath: folder.appending(path: "journal.sqlite-wal").path
            )
            #expect(try #require(log[.size] as? Int) < 80 << 20)
            await store.close()
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

    /// Lets the database grow to so many pages, as a disk of that size would.
    fileprivate func limitPages(to count: Int) async throws {
        _ = try await pool.writeWithoutTransaction { db in
            try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(count)")
        }
    }
}
