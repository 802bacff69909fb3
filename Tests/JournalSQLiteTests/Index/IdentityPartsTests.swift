import Foundation
import JournalFormat
import Randomness
import TestSupport
import Testing

@testable import JournalSQLite

/// What the identity index has, in memory and on disk, while parts of it take one another's place.
@Suite struct IdentityPartsTests {
    private func parts(removed: [ClosedRange<Int64>] = []) -> IdentityParts {
        var ranges = SequenceRanges()
        ranges.insert(removed)
        return IdentityParts(filter: IdentityFilter(capacity: 100), newest: IdentityTable(), removed: ranges)
    }

    private func runs(_ ranges: [ClosedRange<Int64>], in folder: URL) throws -> [IdentityRun] {
        try ranges.map { range in
            try IdentityIndexTests.run(range.map { IdentityEntry(hash: UInt64($0) << 40, sequence: $0) }, in: folder)
        }
    }

    @Test(
        arguments: [
            ([], 1, 0, []), ([], 1, 50, [1...50]), ([1...50], 1, 50, []), ([11...20], 1, 50, [1...10, 21...50]),
            ([1...20, 31...50], 5, 50, [21...30]), ([1...20], 30, 50, [30...50]), ([11...20], 15, 20, []),
            ([11...20, 21...30], 1, 30, [1...10]),
        ] as [([ClosedRange<Int64>], Int64, Int64, [ClosedRange<Int64>])]
    )
    func `begins with the runs that are there, and names what lies between them`(
        known: [ClosedRange<Int64>],
        floor: Int64,
        newest: Int64,
        gaps: [ClosedRange<Int64>]
    ) async throws {
        try await withTemporaryFolder { folder in
            let runs = try runs(known, in: folder)
            var parts = parts()
            let found = parts.begin(with: runs, floor: floor, newest: newest)
            #expect(found == gaps && parts.newestFirst == newest + 1 && parts.floor == floor)
            #expect(parts.count == known.reduce(0) { $0 + $1.count })
        }
    }

    @Test func `finds an identity in the newest table, in one that is being written, and hands over the runs`()
        async throws
    {
        try await withTemporaryFolder { folder in
            var parts = parts()
            #expect(parts.find(7) == nil)
            parts.newest.insert(7, 1, isScoped: false)
            parts.freeze(through: 1, next: IdentityTable())
            parts.newest.insert(7, 2, isScoped: false)
            #expect(parts.frozen[0].range == 1...1 && parts.newestFirst == 2 && parts.count == 2)
            #expect(parts.find(7)?.sequences == [2, 1])
            #expect(parts.find(8) == nil, "without a run, nothing else can have it")
            let run = try runs([1...1], in: folder)[0]
            let table = parts.thaw(into: run)
            #expect(table.sequences(of: 7) == [1] && parts.frozen.isEmpty && parts.tables.count == 1)
            #expect(parts.find(7)?.sequences == [2])
            let other = try #require(parts.find(8))
            #expect(other.sequences.isEmpty && other.runs.map(\.range) == [1...1], "a run may have it")
        }
    }

    @Test func `a gap is filled by a run in its place, or by the newest table`() async throws {
        try await withTemporaryFolder { folder in
            let known = try runs([1...10, 31...40], in: folder)
            var parts = parts()
            #expect(parts.begin(with: known, floor: 1, newest: 50) == [11...30, 41...50])
            let middle = try runs([11...30], in: folder)[0]
            parts.fill(11...30, with: IdentityIndexTests.table(11...30), as: middle)
            parts.fill(41...50, with: IdentityIndexTests.table(41...50), as: nil)
            #expect(parts.runs.map(\.range) == [1...10, 11...30, 31...40])
            #expect(parts.newestFirst == 41 && parts.newest.count == 10 && parts.count == 50)
            // The filter knows what was filled in; of the other runs it is made when the index opens.
            for sequence in Array(11...30) + Array(41...50) { #expect(parts.filter.contains(UInt64(sequence) << 40)) }
        }
    }

    @Test func `replaces runs only while all of them are there`() async throws {
        try await withTemporaryFolder { folder in
            let known = try runs([1...10, 11...20, 21...30], in: folder)
            var parts = parts()
            _ = parts.begin(with: known, floor: 1, newest: 30)
            let merged = try runs([1...20], in: folder)
            let (first, second) = (
                parts.replace(known.prefix(2), by: merged), parts.replace(known.dropFirst(), by: merged)
            )
            #expect(first && !second)
            #expect(parts.runs.map(\.range) == [1...20, 21...30])
            let again = try runs([21...25, 26...30], in: folder)
            let third = parts.replace([known[2]], by: again.reversed())
            #expect(third && parts.runs.map(\.range) == [1...20, 21...25, 26...30])
            // Another run of the same range is not the one that was damaged.
            let other = try runs([1...20], in: folder)
            let fourth = parts.replace(other, by: [])
            #expect(!fourth && parts.runs.count == 3)
        }
    }

    @Test func `forgets runs of which retention has removed everything`() async throws {
        try await withTemporaryFolder { folder in
            let known = try runs([1...10, 11...20, 21...30, 31...40], in: folder)
            var parts = parts(removed: [20...31])
            _ = parts.begin(with: known, floor: 1, newest: 40)
            let gone = parts.removeRuns(below: 11)
            #expect(gone.map(\.range) == [1...10, 21...30] && parts.runs.map(\.range) == [11...20, 31...40])
            #expect(parts.floor == 11)
        }
    }

    /// What a request has inserted is taken back when its commit fails, the last first: as if it had never been there.
    @Test(arguments: 1...20)
    func `a table from which insertions are taken back is as it was before them`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var table = IdentityTable()
        var next: Int64 = 1
        for _ in 0..<60 {
            let before = table.sorted
            let scoped = table.scoped
            var added: [IdentityEntry] = []
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                let entry = IdentityEntry(hash: .random(in: 0...300, using: &random), sequence: next)
                table.insert(entry.hash, entry.sequence, isScoped: Bool.random(using: &random))
                added.append(entry)
                next += 1
            }
            guard Bool.random(using: &random) else { continue }
            for entry in added.reversed() { table.remove(entry.hash, entry.sequence) }
            // What is not there is not taken out.
            table.remove(301, 1)
            #expect(table.sorted == before && table.scoped == scoped && table.count == before.count, "seed \(seed)")
        }
        table.removeAll()
        #expect(table.count == 0 && table.sorted.isEmpty && table.scoped.isEmpty)
    }
}
