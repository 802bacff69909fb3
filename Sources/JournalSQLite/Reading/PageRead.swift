import Events
import GRDB

/// Reads a page of events: finds places in the columns, then looks at the events there.
struct PageRead: SlicedRead {
    private let search: EventSearch
    private let context: SearchContext
    private(set) var snapshot: ColumnIndex.Snapshot
    private(set) var candidates: CandidateScan
    private var scan: PlaceScan?
    private var places: PlaceList
    private var page: PageBuilder
    /// Positions that one scan is to find.
    private var most: Int
    /// The last place that was examined or skipped.
    private var lookedThrough: EventCursor?
    private var stoppedAt: EventCursor?
    private(set) var isDone = false

    init(_ search: EventSearch, _ context: SearchContext) {
        self.search = search
        self.context = context
        snapshot = context.index.snapshot()
        candidates = CandidateScan(context.filter, context.names)
        places = PlaceList()
        page = PageBuilder(search, limitBytes: context.pageBytes)
        most = context.asksForEvents ? max(PlaceList.block, search.limit) : search.skip + search.limit + 1
    }

    /// What was found.
    func finished(total: Int?) -> EventPage {
        EventPage(events: page.events, hasMore: page.isFull, total: total, stoppedAt: stoppedAt)
    }

    mutating func step(in db: Database) throws {
        if !candidates.isDone { return try candidates.step(in: db) }
        if !places.isEmpty { return try look(in: db) }
        if places.isLast { return isDone = true }
        if scan == nil {
            guard let query = context.query(of: snapshot, candidates: candidates.sequences) else {
                return isDone = true
            }
            scan = PlaceScan(search, query, snapshot, after: lookedThrough ?? search.after, most: most)
        }
        try scan?.step(context, in: db)
        if let scan, scan.isDone { take(scan.places) }
    }

    private mutating func take(_ found: [EventCursor]) {
        scan = nil
        places = PlaceList(found, isLast: found.count < most)
        if context.asksForEvents {
            // Where the filter takes few of many, each round looks at more.
            most = min(most * 4, 1 << 16)
        } else if let last = places.pass(page.skip) {
            // The index is sure of these, so that they need not be read to be skipped.
            page.skip -= min(page.skip, found.count)
            lookedThrough = last
        }
    }

    private mutating func look(in db: Database) throws {
        if let place = try page.look(at: &places, context, in: db) { lookedThrough = place }
        isDone = page.isFull || (places.isEmpty && places.isLast)
    }

    mutating func begin(again snapshot: ColumnIndex.Snapshot) {
        self.snapshot = snapshot
        scan = nil
    }

    mutating func endEarly() -> Bool {
        // By number, or with a total, it must be whole.
        guard search.skip == 0, !search.wantsTotal else { return false }
        if !candidates.isDone { candidates.giveUp() }
        if let lookedThrough {
            stoppedAt = lookedThrough
            isDone = true
            return true
        }
        guard let scan, let frontier = scan.frontier, search.isAhead(frontier) else { return false }
        let sure = scan.places.prefix { search.order.precedes($0, frontier) }
        self.scan = nil
        if sure.isEmpty {
            stoppedAt = frontier
            isDone = true
        } else {
            // A first look at these, and there is a place to continue from.
            places = PlaceList(Array(sure), isLast: false)
        }
        return true
    }
}

extension EventSearch.Order {
    /// Whether one place comes before another.
    func precedes(_ left: EventCursor, _ right: EventCursor) -> Bool {
        let (first, second) = self == .oldestFirst ? (left, right) : (right, left)
        return first.timestamp == second.timestamp
            ? first.sequence < second.sequence : first.timestamp < second.timestamp
    }
}

extension EventSearch {
    /// Whether a page that begins after this place is shorter than this one.
    fileprivate func isAhead(_ place: EventCursor) -> Bool {
        after.map { order.precedes($0, place) } ?? true
    }
}
