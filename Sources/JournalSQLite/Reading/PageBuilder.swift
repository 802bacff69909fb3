import Events
import GRDB
import JournalFormat

/// A page that grows to its limits.
struct PageBuilder: Sendable {
    private(set) var events: [ArchivedEvent] = []
    /// Whether one more was found than the page takes.
    private(set) var isFull = false
    /// So many are skipped first.
    var skip: Int
    private let limit: Int
    private let limitBytes: Int
    private var bytes = 0

    init(_ search: EventSearch, limitBytes: Int) {
        skip = search.skip
        limit = search.limit
        self.limitBytes = limitBytes
    }

    /// Looks at the events of some of these places, and adds those that are meant.
    /// - Returns: the last place that was examined; nil if the first bite was too large.
    mutating func look(at places: inout PlaceList, _ context: SearchContext, in db: Database) throws -> EventCursor? {
        let bite = places.bite
        let sequences = bite.map(\.sequence.rawValue).sorted()
        guard let events = try context.events(in: db).events(at: sequences, limitBytes: context.pageBytes) else {
            places.takeSmallerBites()
            return nil
        }
        let deliveries = DeliveryAssembly(db: db, names: context.names)
        var last: EventCursor?
        for place in bite {
            if let event = events[place.sequence.rawValue] {
                try add(event, at: place.sequence, deliveries)
                if isFull { break }
            }
            last = place
        }
        places.endBite()
        return last
    }

    private mutating func add(
        _ event: AcceptedEvent,
        at sequence: SequenceNumber,
        _ deliveries: DeliveryAssembly
    ) throws {
        if skip > 0 {
            skip -= 1
            return
        }
        guard events.count < limit else { return isFull = true }
        let archived = ArchivedEvent(
            sequence: sequence,
            event: event,
            deliveries: try deliveries.all(of: event, at: sequence.rawValue)
        )
        let size = archived.approximateBytes
        guard events.isEmpty || bytes + size <= limitBytes else { return isFull = true }
        bytes += size
        events.append(archived)
    }
}

/// Positions that are still to be examined, some at a time.
struct PlaceList: Sendable {
    /// How many events are read at a time, at most.
    static let block = 512

    private var rest: ArraySlice<EventCursor> = []
    private var biteCount = 32
    /// Whether no places come after these.
    private(set) var isLast = false

    init() {}

    init(_ places: [EventCursor], isLast: Bool) {
        rest = places[...]
        self.isLast = isLast
    }

    var isEmpty: Bool { rest.isEmpty }
    var bite: ArraySlice<EventCursor> { rest.prefix(biteCount) }

    mutating func endBite() {
        rest = rest.dropFirst(biteCount)
        biteCount = min(biteCount * 4, Self.block)
    }

    /// The events of a bite were too many bytes.
    mutating func takeSmallerBites() { biteCount = max(1, biteCount / 4) }

    /// Passes over so many without a look.
    /// - Returns: the last of them; nil if there is none.
    mutating func pass(_ count: Int) -> EventCursor? {
        let passed = rest.prefix(count)
        rest = rest.dropFirst(count)
        return passed.last
    }
}
