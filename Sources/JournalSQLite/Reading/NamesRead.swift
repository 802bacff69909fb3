import Events
import GRDB
import JournalFormat

/// Finds the names of all events that a filter takes.
struct NamesRead: SlicedRead {
    private let context: SearchContext
    private let empty: NameCounts
    private var query: ColumnQuery?
    private var walk: SegmentWalk
    /// Events that only a look can tell of.
    private var rest: ArraySlice<Int64> = []
    private(set) var counts: NameCounts

    /// - Parameter sequences: the only events that are examined; all if nil.
    init(
        _ context: SearchContext,
        _ snapshot: ColumnIndex.Snapshot,
        counting empty: NameCounts,
        among sequences: [Int64]?
    ) {
        self.context = context
        self.empty = empty
        counts = empty
        query = context.query(of: snapshot, candidates: nil)
        walk = SegmentWalk(snapshot)
        if let sequences {
            walk.end()
            rest = sequences[...]
        }
    }

    var isDone: Bool { query == nil || (rest.isEmpty && walk.isAtEnd) }

    mutating func step(in db: Database) throws {
        guard let query else { return }
        if !rest.isEmpty {
            for event in try context.events(in: db).takeBite(of: &rest, limitBytes: context.pageBytes).values {
                let time = event.timestamp.milliseconds
                counts.add(Array(event.name.utf8), count: 1, from: time, to: time)
            }
        } else if let segment = try walk.next(context, in: db) {
            if context.asksForEvents {
                rest = try segment.sequences(query)[...]
            } else {
                try counts.add(segment, query)
            }
        }
    }

    mutating func begin(again snapshot: ColumnIndex.Snapshot) {
        self = NamesRead(context, snapshot, counting: empty, among: nil)
    }

    mutating func endEarly() -> Bool { false }
}

extension NameCounts {
    /// Adds the names of a segment's events that a query takes.
    fileprivate mutating func add(_ segment: ColumnSegment, _ query: ColumnQuery) throws {
        guard segment.count > 0, segment.header.times.overlaps(query.times) else { return }
        let columns = try segment.open()
        let isWhole = query.isAnsweredBySummaries(of: segment)
        let summaries = isWhole ? try columns.summaries() : try columns.summaries(of: query)
        for (number, name) in try query.names(in: columns) where summaries[number - 1].count > 0 {
            let summary = summaries[number - 1]
            add(Array(name), count: Int(summary.count), from: summary.first, to: summary.last)
        }
    }
}

extension OpenSegment {
    /// As the segment's own, but of the rows that a query takes.
    fileprivate func summaries(of query: ColumnQuery) throws -> [ColumnBuilder.Summary] {
        let rows = try query.rows(of: self, within: query.times)
        var names: [Int] = []
        names.reserveCapacity(rows.count)
        try column(.names).forEach(rows) { _, number in names.append(Int(number) - 1) }
        let none = ColumnBuilder.Summary(count: 0, first: .max, last: .min)
        var summaries = try summaries().map { _ in none }
        var (next, isDamaged) = (0, false)
        try column(.timestamps).forEach(rows) { _, timestamp in
            let name = names[next]
            next += 1
            guard summaries.indices.contains(name) else { return isDamaged = true }
            summaries[name].count += 1
            summaries[name].first = min(summaries[name].first, timestamp)
            summaries[name].last = max(summaries[name].last, timestamp)
        }
        if isDamaged { throw DamagedSegment(segment: segment, fault: .damaged) }
        return summaries
    }
}
