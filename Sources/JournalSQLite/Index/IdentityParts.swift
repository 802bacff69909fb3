import Journal
import JournalFormat

/// What the identity index has, in memory and on disk: a value, which ``IdentityIndex`` changes under its lock.
struct IdentityParts {
    /// A table that is being written to a run.
    struct FrozenTable {
        let table: IdentityTable
        let range: ClosedRange<Int64>
    }

    /// Knows every identity of the parts below.
    var filter: IdentityFilter
    var newest: IdentityTable
    /// The first sequence number that belongs into ``newest``.
    var newestFirst: Int64 = 1
    var frozen: [FrozenTable] = []
    /// In journal order, without overlap.
    private(set) var runs: [IdentityRun] = []
    private(set) var floor: Int64 = 1
    /// What retention has removed.
    var removed: SequenceRanges
    /// What the last looks ahead have returned.
    var touched: (Int64, UInt64) = (0, 0)
    var isFilterGrowing = false
    /// An empty table, to be filled next: its memory is allocated.
    var spare: IdentityTable?

    init(filter: IdentityFilter, newest: IdentityTable, removed: SequenceRanges) {
        self.filter = filter
        self.newest = newest
        self.removed = removed
    }

    /// The tables in memory.
    var tables: [IdentityTable] { frozen.map(\.table) + [newest] }

    /// How many entries all parts have together.
    var count: Int { runs.reduce(tables.reduce(0) { $0 + $1.count }) { $0 + $1.count } }

    /// - Returns: nil if nothing has this hash.
    func find(_ hash: UInt64) -> IdentityIndex.Candidates? {
        var found = newest.sequences(of: hash)
        for frozen in frozen { found += frozen.table.sequences(of: hash) }
        return found.isEmpty && runs.isEmpty ? nil : IdentityIndex.Candidates(sequences: found, runs: runs)
    }

    /// Closes the newest table, and begins another.
    mutating func freeze(through newest: Int64, next: IdentityTable) {
        frozen.append(FrozenTable(table: self.newest, range: newestFirst...newest))
        self.newest = next
        newestFirst = newest + 1
    }

    /// Puts the run of the oldest frozen table in its place.
    /// - Returns: the table.
    mutating func thaw(into run: IdentityRun) -> IdentityTable {
        runs.append(run)
        return frozen.removeFirst().table
    }

    /// Begins with the runs that are on disk.
    /// - Returns: the ranges between `floor` and `newest` that no run covers, oldest first.
    mutating func begin(with runs: [IdentityRun], floor: Int64, newest: Int64) -> [ClosedRange<Int64>] {
        self.runs = runs
        self.floor = floor
        newestFirst = newest + 1
        var gaps: [ClosedRange<Int64>] = []
        var next = floor
        for run in runs {
            if run.range.lowerBound > next { gaps.append(next...(run.range.lowerBound - 1)) }
            next = max(next, run.range.upperBound + 1)
        }
        if next <= newest { gaps.append(next...newest) }
        return gaps
    }

    /// Takes in the entries of a gap: as a run, or as the newest table if there is none.
    mutating func fill(_ gap: ClosedRange<Int64>, with table: IdentityTable, as run: IdentityRun?) {
        for entry in table.entries { filter.insert(entry.hash) }
        if let run {
            runs.append(run)
            runs.sort { $0.range.lowerBound < $1.range.lowerBound }
        } else {
            newest = table
            newestFirst = gap.lowerBound
        }
    }

    /// - Returns: false, and changes nothing, if not all of `old` are there any more.
    mutating func replace(_ old: some Collection<IdentityRun>, by new: [IdentityRun]) -> Bool {
        let rest = runs.filter { run in !old.contains { $0 === run } }
        guard rest.count + old.count == runs.count else { return false }
        runs = (rest + new).sorted { $0.range.lowerBound < $1.range.lowerBound }
        return true
    }

    /// Forgets runs whose events have all been removed.
    /// - Returns: those.
    mutating func removeRuns(below floor: Int64) -> [IdentityRun] {
        self.floor = floor
        let removed = removed
        let gone = runs.filter { $0.range.upperBound < floor || removed.contains($0.range) }
        runs.removeAll { run in gone.contains { $0 === run } }
        return gone
    }
}
