import Events
import Foundation
import Journal
import JournalBehaviour
import TestSupport
import Testing

@testable import JournalSQLite

/// What happens to the store when files of its identity index are missing, damaged or in the way.
@Suite struct IdentityFileTests {
    @Test func `an event that stays forever does not keep the identities of those that are gone`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 20
            let store = try SampleStore.open(folder, settings)
            for batch in 0..<100 { _ = try await SampleStore.append((batch * 10 + 1)...(batch * 10 + 10), to: store) }
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
            #expect(try await SampleStore.append(555...555, to: store) == [.duplicate(of: 555)])
            #expect(try await SampleStore.append(556...556, to: store) == [.duplicate(of: 556)])
            #expect(try await SampleStore.append(20...20, to: store) == [.stored(1001)])
            await store.close()
            let reopened = try SampleStore.open(folder, settings)
            #expect(try await SampleStore.append(1...1, to: reopened) == [.duplicate(of: 1)])
            #expect(try await SampleStore.append(20...20, to: reopened) == [.duplicate(of: 1001)])
            await reopened.close()
        }
    }

    @Test func `finds duplicates when files of the index are missing, damaged or half written`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 50
            let index = folder.appending(path: "index")
            var store = try SampleStore.open(folder, settings)
            for batch in 0..<30 { _ = try await SampleStore.append((batch * 20 + 1)...(batch * 20 + 20), to: store) }
            for round in 0..<3 {
                await store.close()
                let runs = try FileManager.default.contentsOfDirectory(at: index, includingPropertiesForKeys: nil)
                let run = try #require(runs.sorted { $0.path < $1.path }.first)
                switch round {
                case 0: try FileManager.default.removeItem(at: run)
                case 1: try Data(contentsOf: run).dropLast(100).write(to: run)
                default: try Data("half".utf8).write(to: index.appending(path: "1-600.run.new"))
                }
                store = try SampleStore.open(folder, settings)
                let results = try await SampleStore.append(1...600, to: store)
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
            var store = try SampleStore.open(folder, settings)
            _ = try await SampleStore.append(1...400, to: store)
            await store.close()
            if whileOpen { store = try SampleStore.open(folder, settings) }
            try Self.damage(folder.appending(path: "index/1-400.run"))
            if !whileOpen { store = try SampleStore.open(folder, settings) }
            #expect(try await store.events(withID: "event-7", of: "shop").count == 1)
            let results = try await SampleStore.append(1...400, to: store)
            #expect(results == (1...400).map { .duplicate(of: SequenceNumber($0)) })
            await store.close()
        }
    }

    @Test func `a damaged run that cannot be made again at once is not forgotten`() async throws {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 500
            let first = try SampleStore.open(folder, settings)
            _ = try await SampleStore.append(1...400, to: first)
            await first.close()
            let store = try SampleStore.open(folder, settings)
            let run = folder.appending(path: "index/1-400.run")
            try Self.damage(run)
            // Where the new run would be written first.
            let obstacle = run.appendingPathExtension("new")
            try FileManager.default.createDirectory(
                at: obstacle.appending(path: "a"),
                withIntermediateDirectories: true
            )
            await #expect(throws: StoreError.self) { () async throws in
                _ = try await SampleStore.append(1...400, to: store)
            }
            try FileManager.default.removeItem(at: obstacle)
            let duplicates = (1...400).map { AppendResult.duplicate(of: SequenceNumber($0)) }
            let results = try await SampleStore.append(1...400, to: store)
            #expect(results == duplicates)
            await store.close()
            let last = try SampleStore.open(folder, settings)
            let resultsLater = try await SampleStore.append(1...400, to: last)
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
            let store = try SampleStore.open(folder, settings)
            for batch in 0..<20 { _ = try await SampleStore.append((batch * 20 + 1)...(batch * 20 + 20), to: store) }
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
}
