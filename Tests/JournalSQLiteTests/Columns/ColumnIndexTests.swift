import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct ColumnIndexTests {
    static var settings: SQLiteStoreSettings {
        var settings = SQLiteStoreSettings()
        settings.eventsPerSegment = 10
        return settings
    }

    @Test func `finds the events of a journal that has no columns, before and after they are made`() async throws {
        try await withTemporaryFolder { folder in
            let store = try await Self.filled(folder)
            await store.close()
            try FileManager.default.removeItem(at: folder.appending(path: "columns"))
            try await DatabaseQueue(path: folder.appending(path: "journal.sqlite").path).write { db in
                try OlderJournal.lower(db, to: 2)
            }
            let raised = try SampleStore.open(folder, Self.settings)
            try await Self.expectAll(95, in: raised)
            try await waitUntil("the index is whole") { raised.parts.columns.snapshot().gaps.isEmpty }
            try await Self.expectAll(95, in: raised)
            #expect(try Self.files(folder).count >= 9)
            await raised.close()
        }
    }

    @Test func `finds the events beside files that are damaged or missing, and makes those again`() async throws {
        try await withTemporaryFolder { folder in
            let store = try await Self.filled(folder)
            await store.close()
            let files = try Self.files(folder)
            try FileManager.default.removeItem(at: files[1])
            for (file, place) in [(files[2], 16), (files[4], -4)] {
                var bytes = try Data(contentsOf: file)
                bytes[place < 0 ? bytes.count + place : place] ^= 1
                try bytes.write(to: file)
            }
            try Data("half".utf8).write(to: folder.appending(path: "columns/5-9.columns.new"))
            let reopened = try SampleStore.open(folder, Self.settings)
            try await Self.expectAll(95, in: reopened)
            try await waitUntil("the index is whole") { reopened.parts.columns.snapshot().gaps.isEmpty }
            try await Self.expectAll(95, in: reopened)
            #expect(try Self.files(folder).allSatisfy { $0.pathExtension == "columns" })
            await reopened.close()
        }
    }

    @Test func `finds the events though no file can be written`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder, Self.settings)
            try FileManager.default.removeItem(at: folder.appending(path: "columns"))
            for first in stride(from: 1, to: 300, by: 5) {
                _ = try await SampleStore.append(first...(first + 4), to: store)
            }
            try await Self.expectAll(300, in: store)
            await store.close()
        }
    }

    @Test func `puts the events of several short lives into one segment`() async throws {
        try await withTemporaryFolder { folder in
            for number in 1...9 {
                let store = try SampleStore.open(folder, Self.settings)
                _ = try await SampleStore.append(number...number, to: store)
                try await Self.expectAll(number, in: store)
                try await waitUntil("the index is whole") { store.parts.columns.snapshot().gaps.isEmpty }
                await store.close()
            }
            #expect(try Self.files(folder).count <= 2)
        }
    }

    @Test func `removes the files of events that are gone`() async throws {
        try await withTemporaryFolder { folder in
            let store = try await Self.filled(folder)
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
            try await waitUntil("full segments are in files") {
                store.parts.columns.snapshot().segments.filter { $0.image != nil }.count < 2
            }
            #expect(try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: .max)) == 95)
            #expect(try Self.files(folder).isEmpty)
            try await Self.expectAll(0, in: store)
            await store.close()
        }
    }

    /// 95 events in chunks of five.
    static func filled(_ folder: URL) async throws -> SQLiteEventStore {
        let store = try SampleStore.open(folder, settings)
        for first in stride(from: 1, to: 95, by: 5) {
            _ = try await SampleStore.append(first...(first + 4), to: store)
        }
        try await expectAll(95, in: store)
        return store
    }

    static func expectAll(_ count: Int, in store: SQLiteEventStore) async throws {
        let search = EventSearch(EventFilter(customerIDs: ["c"]), order: .oldestFirst, limit: 1000, wantsTotal: true)
        let page = try await store.search(search, of: "shop")
        #expect(page.events.map(\.sequence.rawValue) == (0..<Int64(count)).map { $0 + 1 })
        #expect(page.total == count)
        #expect(try await store.names(EventFilter(), of: "shop").map(\.count) == (count == 0 ? [] : [count]))
    }

    /// The segments' files, oldest first.
    static func files(_ folder: URL) throws -> [URL] {
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "columns"),
            includingPropertiesForKeys: nil
        )
        return files.sorted {
            $0.lastPathComponent.compare($1.lastPathComponent, options: .numeric) == .orderedAscending
        }
    }
}
