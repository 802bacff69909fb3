import Events
import Foundation
import Journal
import JournalBehaviour
import JournalFormat
import Randomness
import TestSupport
import Testing

@testable import JournalSQLite

/// Files of the identity index with bytes that nobody wrote: a reader either refuses them or reads on, and never traps.
@Suite struct IdentityDamageTests {
    static let range: ClosedRange<Int64> = 1000...1999
    static let keyCheck: UInt64 = 9

    static func wholeRun(in folder: URL) throws -> (bytes: [UInt8], hashes: [UInt64]) {
        var generator = SplitMix(seed: 1)
        let hashes = range.map { _ in UInt64.random(in: 0...UInt64.max, using: &generator) }
        var table = IdentityTable()
        for (hash, sequence) in zip(hashes, range) { table.insert(hash, sequence, isScoped: false) }
        var writer = try IdentityRunWriter(folder: folder, range: range, keyCheck: keyCheck)
        for entry in table.sorted { try writer.append(entry) }
        let file = writer.file
        try writer.finish()
        return ([UInt8](try Data(contentsOf: file)), hashes)
    }

    /// Reads all that there is to read.
    /// - Returns: the events under these hashes.
    static func read(_ file: URL, _ hashes: [UInt64]) throws -> [Int64] {
        let run = try IdentityRun(opening: file, keyCheck: keyCheck)
        try run.forEachHash { _ in }
        for page in run.pages { _ = try run.entries(ofPage: page) }
        _ = try IdentityMerge.merge([run][...], floor: 0, folder: file.deletingLastPathComponent(), keyCheck: keyCheck)
        return try hashes.map { try run.sequences(of: $0) }.flatMap(\.self)
    }

    @Test(arguments: 1...8)
    func `finds out what was damaged, at whatever place`(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            let (whole, hashes) = try Self.wholeRun(in: folder)
            let file = folder.appending(path: "damaged.run")
            var generator = SplitMix(seed: seed)
            for _ in 0..<60 {
                let damage = FileDamage.random(of: whole, using: &generator)
                try Data(damage.bytes).write(to: file)
                #expect(throws: (any Error).self, "\(damage.what), seed \(seed)") { try Self.read(file, hashes) }
            }
            try Data(whole).write(to: file)
            #expect(try Self.read(file, hashes) == Array(Self.range))
        }
    }

    /// Checksums tell accidents; they say nothing of a file that was written with wrong numbers.
    @Test(arguments: 1...8)
    func `calculates with no number of a header whose checksum is right`(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            let (whole, hashes) = try Self.wholeRun(in: folder)
            let file = folder.appending(path: "damaged.run")
            var generator = SplitMix(seed: seed)
            for _ in 0..<60 {
                var bytes = whole
                let word = Int.random(in: 1..<5, using: &generator)
                let number = FileDamage.number(using: &generator)
                FileDamage.put(number, at: word * 8, in: &bytes)
                FileDamage.put(Checksum.of(Array(bytes[..<48])), at: 48, in: &bytes)
                try Data(bytes).write(to: file)
                let found = try? Self.read(file, hashes)
                let isBelieved = found.map { $0.allSatisfy { $0 > 0 } } ?? true
                #expect(isBelieved, "word \(word) is \(number), seed \(seed)")
            }
        }
    }

    @Test(arguments: 1...4)
    func `refuses a page whose entries lead behind the run`(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            let (whole, hashes) = try Self.wholeRun(in: folder)
            let file = folder.appending(path: "damaged.run")
            var generator = SplitMix(seed: seed)
            var bytes = whole
            let page = IdentityRun.headerBytes
            let entry = Int.random(in: 0..<IdentityRun.entriesPerPage, using: &generator)
            let offset = UInt32.random(in: 1000...UInt32.max, using: &generator)
            withUnsafeBytes(of: offset.littleEndian) { offset in
                bytes.replaceSubrange((page + 16 + entry * 12)..<(page + 20 + entry * 12), with: offset)
            }
            FileDamage.put(Checksum.of(Array(bytes[(page + 8)..<(page + IdentityRun.pageBytes)])), at: page, in: &bytes)
            try Data(bytes).write(to: file)
            #expect(throws: IdentityRunFault.damaged) { try Self.read(file, hashes) }
        }
    }

    @Test(arguments: 1...6)
    func `makes again what was damaged while the store was closed, and knows every identity`(seed: UInt64) async throws
    {
        try await withTemporaryFolder { folder in
            var settings = SQLiteStoreSettings()
            settings.newestIdentities = 50
            var store = try SampleStore.open(folder, settings)
            for batch in 0..<20 { _ = try await SampleStore.append((batch * 20 + 1)...(batch * 20 + 20), to: store) }
            var generator = SplitMix(seed: seed)
            for _ in 0..<4 {
                await store.close()
                let index = folder.appending(path: "index")
                for file in try FileManager.default.contentsOfDirectory(at: index, includingPropertiesForKeys: nil) {
                    guard Bool.random(using: &generator) else { continue }
                    let damage = FileDamage.random(of: [UInt8](try Data(contentsOf: file)), using: &generator)
                    try Data(damage.bytes).write(to: file)
                }
                store = try SampleStore.open(folder, settings)
                let results = try await SampleStore.append(1...400, to: store)
                #expect(results == (1...400).map { .duplicate(of: .init($0)) }, "seed \(seed)")
            }
            await store.close()
        }
    }
}
