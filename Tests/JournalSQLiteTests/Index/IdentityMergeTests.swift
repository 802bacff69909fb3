import Foundation
import JournalFormat
import Randomness
import TestSupport
import Testing

@testable import JournalSQLite

/// Which runs become one, and what the new one has.
@Suite struct IdentityMergeTests {
    /// Neighbouring runs with so many entries each.
    private func runs(_ sizes: [Int], in folder: URL) throws -> [IdentityRun] {
        var next: Int64 = 1
        return try sizes.map { size in
            let range = next...(next + Int64(size) - 1)
            next = range.upperBound + 1
            return try IdentityIndexTests.run(range.map { IdentityEntry(hash: UInt64($0), sequence: $0) }, in: folder)
        }
    }

    /// With a unit of ten, a run has the size of the smallest below 20 entries, the next below 80, then 320.
    @Test(
        arguments: [
            ([10, 10, 10], nil), ([10, 10, 10, 10], 0..<4), ([10, 19, 1, 10], 0..<4), ([10, 20, 10, 10], nil),
            ([20, 79, 20, 20], 0..<4), ([20, 80, 20, 20], nil), ([10, 10, 10, 10, 10], 1..<5),
            ([40, 10, 10, 10, 10], 1..<5),
            ([10, 10, 10, 10, 40], 0..<4), ([40, 40, 40, 40, 10, 10], 0..<4),
            ([40, 40, 40, 40, 10, 10, 10, 10], 4..<8),
            ([], nil), ([80, 80, 80, 100], 0..<4),
        ] as [([Int], Range<Int>?)]
    )
    func `four neighbours of one size become one, the newest first`(sizes: [Int], group: Range<Int>?) async throws {
        try await withTemporaryFolder { folder in
            let runs = try runs(sizes, in: folder)
            #expect(IdentityMerge.candidates(in: runs, unit: 10)?.indices == group)
        }
    }

    @Test(
        arguments: [
            ([], nil), ([1...5], nil), ([1...6], 0), ([1...3, 11...16], 1), ([11...12, 14...15, 17...18], 1),
            ([25...60], 2),
        ] as [([ClosedRange<Int64>], Int?)]
    )
    func `a run is written again when more than half of its events are gone`(
        removed: [ClosedRange<Int64>],
        place: Int?
    ) async throws {
        try await withTemporaryFolder { folder in
            let runs = try runs([10, 10, 10], in: folder)
            var ranges = SequenceRanges()
            ranges.insert(removed)
            #expect(IdentityMerge.sparse(in: runs, removed: ranges)?.startIndex == place)
            // Once it has only what is left, it is not sparse any more.
            guard let sparse = IdentityMerge.sparse(in: runs, removed: ranges) else { return }
            let file = try IdentityMerge.merge(sparse, floor: 1, removed: ranges, folder: folder, keyCheck: 9)
            let again = try IdentityRun(opening: file, keyCheck: 9)
            #expect(file.lastPathComponent == "again-\(IdentityRunWriter.name(of: sparse[sparse.startIndex].range))")
            #expect(IdentityMerge.sparse(in: [again], removed: ranges) == nil)
        }
    }

    @Test(arguments: 1...8)
    func `has the entries of all, sorted, but for those that are gone`(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            var random = SplitMix(seed: seed)
            var entries: [[IdentityEntry]] = []
            for number in 0..<Int64(4) {
                // Few hashes, so that several runs have the same ones, and more than a page.
                let part = (1...400).map { offset in
                    IdentityEntry(hash: .random(in: 0...200, using: &random), sequence: number * 400 + offset)
                }
                entries.append(part.sorted())
            }
            let runs = try entries.map { try IdentityIndexTests.run($0, in: folder) }
            var removed = SequenceRanges()
            for _ in 0..<5 {
                let first = Int64.random(in: 1...1600, using: &random)
                removed.insert(first...(first + Int64.random(in: 0...100, using: &random)))
            }
            let floor = Int64.random(in: 1...500, using: &random)
            let file = try IdentityMerge.merge(runs[...], floor: floor, removed: removed, folder: folder, keyCheck: 9)
            let merged = try IdentityRun(opening: file, keyCheck: 9)
            let left = entries.joined().filter { $0.sequence >= floor && !removed.contains($0.sequence) }.sorted()
            let found = try merged.pages.flatMap { try merged.entries(ofPage: $0) }
            #expect(found == left && merged.count == left.count, "seed \(seed)")
            #expect(merged.range == runs[0].range.lowerBound...runs[3].range.upperBound)
        }
    }

    @Test func `a run of which nothing is left is whole, and finds nothing`() async throws {
        try await withTemporaryFolder { folder in
            let runs = try runs([10, 10], in: folder)
            let file = try IdentityMerge.merge(runs[...], floor: 21, folder: folder, keyCheck: 9)
            let merged = try IdentityRun(opening: file, keyCheck: 9)
            #expect(merged.count == 0 && merged.pages.isEmpty && merged.range == 1...20)
            #expect(try merged.sequences(of: 5) == [])
        }
    }

    @Test func `a part that turns out to be damaged ends the merge, and the parts stay`() async throws {
        try await withTemporaryFolder { folder in
            let runs = try runs([10, 10], in: folder)
            try IdentityFileTests.damage(runs[1].file)
            #expect(throws: IdentityRunFault.damaged) {
                try IdentityMerge.merge(runs[...], floor: 1, folder: folder, keyCheck: 9)
            }
            let whole = folder.appending(path: IdentityRunWriter.name(of: 1...20))
            #expect(!FileManager.default.fileExists(atPath: whole.path))
            #expect(try IdentityRun(opening: runs[0].file, keyCheck: 9).count == 10)
        }
    }
}
