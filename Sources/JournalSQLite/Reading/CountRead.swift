import Events
import GRDB
import JournalFormat

/// Counts all events that a filter takes.
struct CountRead: SlicedRead {
    private let context: SearchContext
    private let candidates: [Int64]?
    private var query: ColumnQuery?
    private var walk: SegmentWalk
    /// Events that only a look can tell of.
    private var rest: ArraySlice<Int64> = []
    private(set) var count = 0

    init(_ context: SearchContext, _ snapshot: ColumnIndex.Snapshot, candidates: [Int64]?) {
        self.context = context
        self.candidates = candidates
        query = context.query(of: snapshot, candidates: candidates)
        walk = SegmentWalk(snapshot)
    }

    var isDone: Bool { query == nil || (rest.isEmpty && walk.isAtEnd) }

    mutating func step(in db: Database) throws {
        guard let query else { return }
        if !rest.isEmpty {
            count += try context.events(in: db).takeBite(of: &rest, limitBytes: context.pageBytes).count
        } else if let segment = try walk.next(context, in: db) {
            if context.asksForEvents {
                rest = try segment.sequences(query)[...]
            } else {
                count += try segment.count(query)
            }
        }
    }

    mutating func begin(again snapshot: ColumnIndex.Snapshot) {
        self = CountRead(context, snapshot, candidates: candidates)
    }

    mutating func endEarly() -> Bool { false }
}

extension ColumnSegment {
    /// How many of its events a query takes.
    fileprivate func count(_ query: ColumnQuery) throws -> Int {
        if query.isAnsweredBySummaries(of: self) {
            let columns = try open()
            let summaries = try columns.summaries()
            return try query.names(in: columns).reduce(0) { $0 + Int(summaries[$1.number - 1].count) }
        }
        guard count > 0, header.times.overlaps(query.times) else { return 0 }
        return try query.rows(of: try open(), within: query.times).count
    }

    /// The sequence numbers of the events that a query takes, ascending.
    func sequences(_ query: ColumnQuery) throws -> [Int64] {
        guard count > 0, header.times.overlaps(query.times) else { return [] }
        let columns = try open()
        let (rows, sequences) = (try query.rows(of: columns, within: query.times), try columns.sequences())
        var found: [Int64] = []
        found.reserveCapacity(rows.count)
        rows.forEach { found.append(sequences[$0]) }
        return found
    }
}

extension ColumnQuery {
    /// Whether what a segment says of its names is enough.
    func isAnsweredBySummaries(of segment: ColumnSegment) -> Bool {
        asksForNamesAlone && segment.count > 0 && times.contains(segment.header.times.lowerBound)
            && times.contains(segment.header.times.upperBound) && !hidden.overlaps(segment.range)
    }
}
