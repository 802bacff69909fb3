import Events
import Journal
import JournalFormat

/// A page of events: the first places of the order among all that a search finds, then the events there.
struct SearchPage: Sendable {
    private let search: EventSearch
    private var places: FirstCursors
    private var count = 0

    /// Events that are read at once.
    private static let most = 256

    init(_ search: EventSearch) {
        self.search = search
        places = FirstCursors(
            order: search.order,
            after: search.after,
            until: search.until,
            most: search.skip + search.limit + 1
        )
    }

    mutating func add(_ found: [(sequence: Int64, event: AcceptedEvent)]) {
        count += found.count
        for (sequence, event) in found { places.add(event.timestamp.milliseconds) { sequence } }
        places.settle()
    }

    /// Reads the page's events.
    func finished(_ parts: StoreParts, _ session: PostgresSession) throws(PostgresFailure) -> EventPage {
        var rest = places.places.dropFirst(search.skip)
        var (events, bytes): ([ArchivedEvent], Int) = ([], 0)
        let assembly = DeliveryAssembly(names: parts.names.current, session: session)
        while !rest.isEmpty {
            let some = rest.prefix(Self.most).map(\.sequence.rawValue)
            rest = rest.dropFirst(Self.most)
            let read = try parts.reader.chosenEvents(at: some, session)
            for event in try assembly.archived(some.compactMap { number in read[number].map { (number, $0) } }) {
                let size = event.approximateBytes
                guard events.count < search.limit, events.isEmpty || bytes + size <= parts.settings.pageBytes else {
                    return EventPage(events: events, hasMore: true, total: total)
                }
                events.append(event)
                bytes += size
            }
        }
        return EventPage(events: events, hasMore: false, total: total)
    }

    private var total: Int? { search.wantsTotal ? count : nil }
}
