import Foundation
import Journal
import JournalFormat
import Logging
import Randomness
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct IdentityIndexTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let key = SipHash(key0: 3, key1: 4)

    @Test(arguments: [1, 2, 3])
    func `a table finds what was inserted and not removed`(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        var table = IdentityTable()
        var model: [IdentityEntry] = []
        for step in 1...6000 {
            if Int.random(in: 0..<10, using: &generator) < 3, let last = model.popLast() {
                table.remove(last.hash, last.sequence)
            } else {
                // Few hashes, so that many stand in one another's way.
                let entry = IdentityEntry(hash: .random(in: 0..<700, using: &generator), sequence: Int64(step))
                table.insert(entry.hash, entry.sequence, isScoped: false)
                model.append(entry)
            }
        }
        for hash in 0..<700 as Range<UInt64> {
            let expected = model.filter { $0.hash == hash }.map(\.sequence)
            #expect(table.sequences(of: hash).sorted() == expected)
        }
        #expect(table.count == model.count)
        #expect(table.sorted == model.sorted())
    }

    @Test(arguments: [0, 1, 2, 3000, 70_000])
    func `a table gives its entries sorted, whether their hashes are spread or share their upper bits`(count: Int) {
        var generator = SplitMix(seed: 7)
        for hashes in [0...UInt64.max, UInt64.max - 99...UInt64.max] {
            var table = IdentityTable()
            let entries = (0..<count).map { index in
                IdentityEntry(hash: .random(in: hashes, using: &generator), sequence: Int64(index + 1))
            }
            // Few, where all of them stand in one another's way.
            for entry in entries.prefix(hashes.lowerBound == 0 ? count : 3000) {
                table.insert(entry.hash, entry.sequence, isScoped: false)
            }
            #expect(table.sorted == entries.prefix(table.count).sorted())
        }
    }

    @Test func `a filter lets everything pass that it knows, and little else`() {
        var generator = SplitMix(seed: 1)
        let known = (0..<20_000).map { _ in UInt64.random(in: 0...UInt64.max, using: &generator) }
        let filter = IdentityFilter(capacity: known.count)
        let first = known.count { filter.insert($0) }
        #expect(first < 20)
        #expect(known.allSatisfy { filter.insert($0) })
        let passing = (0..<2000).count { _ in filter.insert(.random(in: 0...UInt64.max, using: &generator)) }
        #expect(passing < 10)
    }

    @Test func `a run finds all events of a hash, also across pages`() async throws {
        try await withTemporaryFolder { folder in
            // 1000 entries of one hash fill three pages.
            var entries = (1...1000).map { IdentityEntry(hash: 77 << 24, sequence: $0) }
            entries += (1001...3000).map { IdentityEntry(hash: UInt64($0) << 32, sequence: $0) }
            let run = try Self.run(entries, in: folder)
            #expect(try run.sequences(of: 77 << 24) == Array(1...1000))
            #expect(try run.sequences(of: 2000 << 32) == [2000])
            #expect(try run.sequences(of: 2000 << 32 | 5, mask: IdentityHash.sharedByScopes) == [2000])
            #expect(try run.sequences(of: 5) == [])
            #expect(try run.sequences(of: .max) == [])
        }
    }

    @Test func `a run with a changed byte is refused or found out`() async throws {
        try await withTemporaryFolder { folder in
            let entries = (1...1000).map { IdentityEntry(hash: UInt64($0) << 30, sequence: $0) }
            let run = try Self.run(entries, in: folder)
            let whole = try Data(contentsOf: run.file)
            for place in stride(from: 0, to: whole.count, by: 37) {
                var damaged = whole
                damaged[place] ^= 0x04
                try damaged.write(to: run.file)
                #expect(throws: IdentityRunFault.damaged) {
                    let run = try IdentityRun(opening: run.file, keyCheck: 9)
                    for page in run.pages { _ = try run.entries(ofPage: page) }
                }
            }
            try whole.prefix(whole.count - 1).write(to: run.file)
            #expect(throws: IdentityRunFault.damaged) { try IdentityRun(opening: run.file, keyCheck: 9) }
            try whole.write(to: run.file)
            #expect(throws: IdentityRunFault.foreign) { try IdentityRun(opening: run.file, keyCheck: 10) }
        }
    }

    @Test func `merged runs know what their parts knew`() async throws {
        try await withTemporaryFolder { folder in
            var generator = SplitMix(seed: 5)
            let entries = (1...4000).map {
                IdentityEntry(hash: .random(in: 0...UInt64.max, using: &generator), sequence: $0)
            }
            let runs = try stride(from: 0, to: 4000, by: 1000).map {
                try Self.run(Array(entries[$0..<($0 + 1000)]).sorted(), in: folder)
            }
            #expect(IdentityMerge.candidates(in: runs, unit: 1000)?.count == 4)
            #expect(IdentityMerge.candidates(in: Array(runs.dropFirst()), unit: 1000) == nil)
            let file = try IdentityMerge.merge(runs[...], floor: 501, folder: folder, keyCheck: 9)
            let merged = try IdentityRun(opening: file, keyCheck: 9)
            #expect(merged.range == 1...4000)
            #expect(merged.count == 3500)
            for entry in entries {
                #expect(try merged.sequences(of: entry.hash) == (entry.sequence > 500 ? [entry.sequence] : []))
            }
        }
    }

    @Test func `a run never spans more sequence numbers than it can count`() async throws {
        try await withTemporaryFolder { folder in
            let last = Int64(UInt32.max) + 1
            func runs(endingAt last: Int64) throws -> [IdentityRun] {
                try [1, 2, 3, last].map { sequence in
                    let entry = IdentityEntry(hash: UInt64(sequence) << 20, sequence: sequence)
                    return try Self.run([entry], in: folder)
                }
            }
            let widest = try runs(endingAt: last)
            #expect(IdentityMerge.candidates(in: widest, unit: 1)?.count == 4)
            let file = try IdentityMerge.merge(widest[...], floor: 1, folder: folder, keyCheck: 9)
            let merged = try IdentityRun(opening: file, keyCheck: 9)
            #expect(try merged.sequences(of: UInt64(last) << 20) == [last])
            #expect(IdentityMerge.candidates(in: try runs(endingAt: last + 1), unit: 1) == nil)
        }
    }

    @Test func `finds everything while tables become runs and runs are merged`() async throws {
        try await withTemporaryFolder { folder in
            let hashes = (1...5000).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
            let index = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            for (offset, hash) in hashes.enumerated() {
                index.insert(EventIdentity(hash: hash, isScoped: false), Int64(offset + 1))
                index.flushIfFull(newest: Int64(offset + 1))
            }
            index.flushAll(newest: 5000)
            for (offset, hash) in hashes.enumerated() {
                #expect(try index.sequences(sharing: hash).contains(Int64(offset + 1)))
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files.count < 15, "runs are merged")
            let reopened = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            #expect(try reopened.openRuns(floor: 1, newest: 5000) == [])
            #expect(try reopened.sequences(sharing: hashes[0]).contains(1))
        }
    }

    @Test func `knows what it had from what is new while it grows, and after a new start`() async throws {
        try await withTemporaryFolder { folder in
            var generator = SplitMix(seed: 11)
            let identities = (0..<20_000).map { _ in
                EventIdentity(hash: .random(in: 0...UInt64.max, using: &generator), isScoped: false)
            }
            let index = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            // Requests of many sizes, up to more than it looks ahead for at a time.
            var next = 0
            while next < identities.count {
                let request = identities[next..<min(next + .random(in: 1...90, using: &generator), identities.count)]
                try Self.insertAsNew(request, from: Int64(next + 1), to: index)
                next = request.endIndex
                index.flushIfFull(newest: Int64(next))
                try Self.expectKnown(.random(in: 0..<next, using: &generator), of: identities, to: index)
            }
            for place in identities.indices { try Self.expectKnown(place, of: identities, to: index) }
            index.flushAll(newest: Int64(next))

            let reopened = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            #expect(try reopened.openRuns(floor: 1, newest: Int64(next)) == [])
            try reopened.makeFilter()
            for place in identities.indices { try Self.expectKnown(place, of: identities, to: reopened) }
        }
    }

    /// Does what the writer does: a seeming acquaintance, whose runs do not have it, is inserted all the same.
    private static func insertAsNew(
        _ identities: ArraySlice<EventIdentity>,
        from first: Int64,
        to index: IdentityIndex
    ) throws {
        var place = identities.startIndex
        while place < identities.endIndex {
            let (inserted, candidates) = index.insert(
                identities[place...],
                from: first + Int64(place - identities.startIndex)
            )
            place += inserted
            guard let candidates else { return }
            #expect(try sequences(of: identities[place], in: candidates) == [])
            index.insert(identities[place], first + Int64(place - identities.startIndex))
            place += 1
        }
    }

    private static func expectKnown(_ place: Int, of identities: [EventIdentity], to index: IdentityIndex) throws {
        let (inserted, candidates) = index.insert(identities[place...place], from: .max)
        #expect(inserted == 0)
        let found = try #require(candidates)
        #expect(try sequences(of: identities[place], in: found) == [Int64(place + 1)])
    }

    private static func sequences(of identity: EventIdentity, in candidates: IdentityIndex.Candidates) throws -> [Int64]
    {
        try candidates.runs.reduce(into: candidates.sequences) { $0 += try $1.sequences(of: identity.hash) }
    }

    @Test func `tells at the start which events it does not know`() async throws {
        try await withTemporaryFolder { folder in
            let index = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            #expect(try index.openRuns(floor: 1, newest: 50) == [1...50])
            try index.fill(11...20, with: Self.table(11...20), isNewest: false)
            try index.fill(31...40, with: Self.table(31...40), isNewest: false)
            try Data("x".utf8).write(to: folder.appending(path: "41-45.run"))
            try Data("x".utf8).write(to: folder.appending(path: "41-45.run.new"))
            let reopened = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            #expect(try reopened.openRuns(floor: 5, newest: 50) == [5...10, 21...30, 41...50])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        }
    }

    @Test func `drops runs of a journal that was longer`() async throws {
        try await withTemporaryFolder { folder in
            let index = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            try index.fill(1...20, with: Self.table(1...20), isNewest: false)
            let reopened = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            #expect(try reopened.openRuns(floor: 1, newest: 10) == [1...10])
        }
    }

    @Test func `a run that was made again takes the place of the damaged one, and no other`() async throws {
        try await withTemporaryFolder { folder in
            let index = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            for first in [1, 101, 201] as [Int64] {
                try index.fill(first...(first + 99), with: Self.table(first...(first + 99)), isNewest: false)
            }
            let damaged = try #require(index.runs(in: 150...150).first)
            let whole = try index.makeAgain(101...200, from: Self.table(101...200))
            #expect(index.has(damaged), "there is no gap while the range is read again")
            index.replace(damaged, by: [whole], because: .damaged)
            #expect(!index.has(damaged))
            #expect(index.has(whole))
            // Somebody else found the same damage.
            let late = try index.makeAgain(101...150, from: Self.table(101...150))
            index.replace(damaged, by: [late], because: .damaged)
            #expect(!index.has(late))
            #expect(try index.sequences(sharing: 170 << 40) == [170])
            let reopened = try IdentityIndex(folder: folder, unit: 100, key: Self.key, logger: Self.logger)
            #expect(try reopened.openRuns(floor: 1, newest: 300) == [])
            #expect(try reopened.sequences(sharing: 170 << 40) == [170])
        }
    }

    static func table(_ range: ClosedRange<Int64>) -> IdentityTable {
        var table = IdentityTable()
        for sequence in range { table.insert(UInt64(sequence) << 40, sequence, isScoped: false) }
        return table
    }

    static func run(_ entries: [IdentityEntry], in folder: URL) throws -> IdentityRun {
        let sequences = entries.map(\.sequence)
        let range = sequences.min()!...sequences.max()!
        var writer = try IdentityRunWriter(folder: folder, range: range, keyCheck: 9)
        for entry in entries { try writer.append(entry) }
        try writer.finish()
        return try IdentityRun(opening: folder.appending(path: IdentityRunWriter.name(of: range)), keyCheck: 9)
    }
}
