import Events
import GRDB
import JournalFormat

/// Looks through the segments for the first places of an order, a segment a step.
struct PlaceScan: Sendable {
    private let query: ColumnQuery
    private let order: EventSearch.Order
    private var walk: SegmentWalk
    private var first: FirstCursors

    /// - Parameters:
    ///   - after: the places begin after it; at the first one if nil.
    ///   - most: how many are wanted.
    init(
        _ search: EventSearch,
        _ query: ColumnQuery,
        _ snapshot: ColumnIndex.Snapshot,
        after: EventCursor?,
        most: Int
    ) {
        self.query = query
        order = search.order
        first = FirstCursors(order: search.order, after: after, until: search.until, most: most)
        walk = SegmentWalk(snapshot) { left, right in
            search.order == .oldestFirst
                ? left.header.times.lowerBound < right.header.times.lowerBound
                : left.header.times.upperBound > right.header.times.upperBound
        }
    }

    var isDone: Bool { walk.isAtEnd }

    /// Whether only stored segments are left, whose times are known.
    var isBehindGaps: Bool { walk.isBehindGaps }

    /// Those that were found, in their order; before the end others may belong between them.
    var places: [EventCursor] { first.places }

    /// All events before it, in the order of the search, were examined; nil if that cannot be told yet.
    var frontier: EventCursor? {
        guard walk.isBehindGaps, let next = walk.nextStored else { return nil }
        switch order {
        case .newestFirst:
            let time = next.header.times.upperBound
            return time < .max ? EventCursor(timestamp: Timestamp(milliseconds: time + 1), sequence: 1) : nil
        case .oldestFirst:
            let time = next.header.times.lowerBound
            let last = SequenceNumber(Int64.max)
            return time > .min ? EventCursor(timestamp: Timestamp(milliseconds: time - 1), sequence: last) : nil
        }
    }

    mutating func step(_ search: SearchContext, in db: Database) throws {
        if walk.isBehindGaps, let next = walk.nextStored {
            // What follows begins later still.
            let times = next.header.times
            guard first.mayTake(order == .oldestFirst ? times.lowerBound : times.upperBound) else { return walk.end() }
        }
        guard let segment = try walk.next(search, in: db) else { return }
        try add(segment)
    }

    private mutating func add(_ segment: ColumnSegment) throws {
        guard let times = first.times(within: query.times) else { return }
        guard segment.count > 0, segment.header.times.overlaps(times) else { return }
        let columns = try segment.open()
        let rows = try query.rows(of: columns, within: times)
        guard rows.count > 0 else { return }
        let (timestamps, sequences) = (try columns.column(.timestamps), try columns.sequences())
        timestamps.forEach(rows, backwards: order == .newestFirst) { row, timestamp in
            first.add(timestamp) { sequences[row] }
        }
        first.settle()
    }
}
