import Foundation
import Journal
import JournalFormat

/// Makes one run of several that are beside one another, in one pass over all of them.
enum IdentityMerge {
    /// How many runs of one size become one: with four, an entry is written once more each time its run has grown fourfold.
    static let width = 4

    /// The runs that should become one, oldest first; nil if there is nothing to do.
    ///
    /// - Parameters:
    ///   - runs: in journal order.
    ///   - unit: how many entries a run has that comes straight from memory.
    static func candidates(in runs: [IdentityRun], unit: Int) -> ArraySlice<IdentityRun>? {
        let tiers = runs.map { tier(of: $0.count, unit: unit) }
        for end in stride(from: runs.count, through: width, by: -1) {
            let window = tiers[(end - width)..<end]
            guard let first = window.first, window.allSatisfy({ $0 == first }) else { continue }
            let group = runs[(end - width)..<end]
            // A run counts its sequence numbers from its first one, in 32 bits.
            if runs[end - 1].range.upperBound - runs[end - width].range.lowerBound <= Int64(UInt32.max) { return group }
        }
        return nil
    }

    /// A run whose events have mostly been removed, and that should be written again without them; nil if there is none.
    static func sparse(in runs: [IdentityRun], removed: SequenceRanges) -> ArraySlice<IdentityRun>? {
        guard !removed.isEmpty else { return nil }
        let place = runs.firstIndex { run in
            // Once it is written again, its entries are those that are left.
            Int64(run.count) > 2 * (Int64(run.range.count) - removed.count(in: run.range))
        }
        return place.map { runs[$0...$0] }
    }

    /// Writes the union of the runs' entries, without those of removed events.
    /// - Parameters:
    ///   - floor: the oldest sequence number that the journal holds.
    ///   - removed: events after it that were removed too.
    /// - Returns: the new file, which is none of the runs' own.
    static func merge(
        _ runs: ArraySlice<IdentityRun>,
        floor: Int64,
        removed: SequenceRanges = SequenceRanges(),
        folder: URL,
        keyCheck: UInt64
    ) throws -> URL {
        let range = runs[runs.startIndex].range.lowerBound...runs[runs.endIndex - 1].range.upperBound
        var writer = try IdentityRunWriter(
            folder: folder,
            range: range,
            keyCheck: keyCheck,
            besides: runs.map(\.file.lastPathComponent)
        )
        var sources = try runs.map { try Source($0) }
        var heads = sources.map(\.current)
        while true {
            var least = 0
            for index in 1..<heads.count where heads[index] < heads[least] { least = index }
            let entry = heads[least]
            if entry == Source.end { break }
            if entry.sequence >= floor, !removed.contains(entry.sequence) { try writer.append(entry) }
            try sources[least].advance()
            heads[least] = sources[least].current
        }
        let file = writer.file
        try writer.finish()
        return file
    }

    private static func tier(of count: Int, unit: Int) -> Int {
        var (tier, size) = (0, max(unit, 1) * 2)
        while count >= size {
            tier += 1
            size *= width
        }
        return tier
    }

    /// One run, read from front to back.
    private struct Source {
        private let run: IdentityRun
        private var page = 0
        private var entries: [IdentityEntry] = []
        private var index = 0

        init(_ run: IdentityRun) throws {
            self.run = run
            try loadPage()
        }

        /// Comes after every entry.
        static let end = IdentityEntry(hash: .max, sequence: .max)

        var current: IdentityEntry { index < entries.count ? entries[index] : Self.end }

        mutating func advance() throws {
            index += 1
            guard index == entries.count else { return }
            page += 1
            try loadPage()
        }

        private mutating func loadPage() throws {
            index = 0
            entries = run.pages.contains(page) ? try run.entries(ofPage: page) : []
        }
    }
}
