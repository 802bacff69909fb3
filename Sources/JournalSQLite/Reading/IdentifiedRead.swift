import Events
import GRDB
import JournalFormat

/// Reads a page of the events that have one of some ids.
///
/// They are few, so that all are examined for every page.
struct IdentifiedRead: SlicedRead {
    private let search: EventSearch
    private let context: SearchContext
    private var rest: ArraySlice<Int64>
    private var found: [EventCursor] = []
    private var places: PlaceList
    private var builder: PageBuilder
    private(set) var isDone = false

    /// - Parameter sequences: where the events may be; ascending.
    init(_ search: EventSearch, _ context: SearchContext, _ sequences: [Int64]) {
        self.search = search
        self.context = context
        rest = sequences[...]
        places = PlaceList()
        builder = PageBuilder(search, limitBytes: context.pageBytes)
    }

    /// What was found.
    var page: EventPage {
        EventPage(events: builder.events, hasMore: builder.isFull, total: search.wantsTotal ? found.count : nil)
    }

    mutating func step(in db: Database) throws {
        if !rest.isEmpty {
            let events = try context.events(in: db).takeBite(of: &rest, limitBytes: context.pageBytes)
            found += events.map { sequence, event in
                EventCursor(timestamp: event.timestamp, sequence: SequenceNumber(sequence))
            }
            if rest.isEmpty { order() }
        } else if places.isEmpty || builder.isFull {
            isDone = true
        } else {
            _ = try builder.look(at: &places, context, in: db)
        }
    }

    private mutating func order() {
        var first = FirstCursors(order: search.order, after: search.after, until: search.until, most: found.count)
        for place in found { first.add(place.timestamp.milliseconds) { place.sequence.rawValue } }
        places = PlaceList(first.places, isLast: true)
    }

    // The search index has no part in it.
    mutating func begin(again snapshot: ColumnIndex.Snapshot) {}

    mutating func endEarly() -> Bool { false }
}
