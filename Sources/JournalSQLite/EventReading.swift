import Events
import GRDB
import Journal

/// Reads the events that an index has named, and keeps those that a filter takes.
struct EventReading {
    let db: Database
    let reader: JournalReader
    let names: NameTable
    let tenant: TenantID
    let filter: EventFilter

    /// How many events are read at a time while nobody knows how many of them will do.
    private static let block = 512

    /// The events with these numbers that the filter takes.
    ///
    /// The whole filter is asked of each, also what the index has answered already: what a page shows is never wrong, whatever an
    /// index says.
    /// - Parameter sequences: ascending.
    func events(at sequences: [Int64]) throws -> [Int64: AcceptedEvent] {
        let deliveries = DeliveryReading(db: db, names: names)
        return try reader.chosenEvents(at: sequences, in: db).filter { sequence, event in
            guard event.tenant == tenant, filter.takes(event) else { return false }
            guard filter.asksForDeliveries else { return true }
            return try deliveries.all(of: event, at: sequence).contains(where: filter.takes)
        }
    }

    /// The same, a part at a time.
    func forEach(_ sequences: [Int64], _ body: (AcceptedEvent) -> Void) throws {
        var rest = sequences[...]
        while !rest.isEmpty {
            for event in try events(at: Array(rest.prefix(Self.block))).values { body(event) }
            rest = rest.dropFirst(Self.block)
        }
    }

    /// A page of events.
    ///
    /// - Parameter places: gives so many of the places behind another that the filter may take, in the order of the search; fewer
    ///   only if there are no more.
    func page(
        _ search: EventSearch,
        _ places: (_ after: EventCursor?, _ most: Int) throws -> [EventCursor]
    ) throws -> (events: [ArchivedEvent], hasMore: Bool) {
        let asksForEvents = filter.asksForEvents
        var found: [(sequence: Int64, event: AcceptedEvent)] = []
        var (skip, after) = (search.skip, search.after)
        var most = asksForEvents ? max(Self.block, search.limit) : skip + search.limit + 1
        while found.count <= search.limit {
            let next = try places(after, most)
            var rest = next[...]
            if !asksForEvents {
                // The index is sure of these, so that they need not be read to be passed over.
                let passed = min(skip, rest.count)
                rest = rest.dropFirst(passed)
                skip -= passed
            }
            while !rest.isEmpty, found.count <= search.limit {
                let block = rest.prefix(Self.block)
                rest = rest.dropFirst(Self.block)
                let events = try self.events(at: block.map(\.sequence.rawValue).sorted())
                var taken = block.compactMap { place in
                    events[place.sequence.rawValue].map { (sequence: place.sequence.rawValue, event: $0) }
                }
                let passed = min(skip, taken.count)
                taken.removeFirst(passed)
                skip -= passed
                found += taken
            }
            guard next.count == most else { break }
            after = next.last
            // Where the filter takes few of many, each round looks at more.
            most = asksForEvents ? min(most * 4, 1 << 16) : skip + search.limit + 1
        }
        let deliveries = DeliveryReading(db: db, names: names)
        let events = try found.prefix(search.limit).map { sequence, event in
            ArchivedEvent(
                sequence: SequenceNumber(sequence),
                event: event,
                deliveries: try deliveries.all(of: event, at: sequence)
            )
        }
        return (events, found.count > search.limit)
    }
}

extension EventFilter {
    /// Whether columns are not enough to tell what it takes.
    var asksForEvents: Bool { condition != nil || !deliveryStatuses.isEmpty || !ids.isEmpty }

    /// Whether deliveries must be looked at.
    fileprivate var asksForDeliveries: Bool { provider != nil || !deliveryStatuses.isEmpty }

    fileprivate func takes(_ delivery: Delivery) -> Bool {
        (provider.map { $0 == delivery.provider } ?? true)
            && (deliveryStatuses.isEmpty || deliveryStatuses.contains(delivery.status))
    }
}
