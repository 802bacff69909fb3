import Events
import GRDB
import Journal

/// Goes through the journal for events that a filter takes, and keeps the part of them that a page needs.
///
/// Its time grows with the journal (about half a million events a second), its memory with the page alone.
struct EventScan {
    let db: Database
    let reader: JournalReader
    let names: NameTable
    let tenant: TenantID

    /// Calls `body` with every event of the tenant that the filter takes, in journal order.
    func forEach(_ filter: EventFilter, _ body: (SequenceNumber, AcceptedEvent) throws -> Void) throws {
        let rows = try JournalReader.rows(from: 0, in: db)
        let deliveries = DeliveryReading(db: db, names: names)
        while let row = try rows.next().map(ChunkRow.init) {
            guard let chunk = try events(of: row) else { continue }
            for (offset, event) in chunk.events.enumerated() where event.tenant == tenant && filter.takes(event) {
                let sequence = SequenceNumber(row.first + Int64(offset))
                if filter.asksForDeliveries {
                    let all = try deliveries.all(of: event, at: sequence.rawValue)
                    guard all.contains(where: filter.takes) else { continue }
                }
                try body(sequence, event)
            }
        }
    }

    /// From the cache, or from the row without a place in the cache, which is for those who deliver.
    private func events(of row: ChunkRow) throws -> ChunkEvents? {
        if let chunk = reader.cache.chunk(holding: row.first) { return chunk }
        switch try row.events(names: names) {
        case .success(let chunk): return chunk
        case .failure(let fault):
            reader.damage.note(fault, in: row)
            return nil
        }
    }
}

/// The first events of an order, as many as a page and what is passed over need.
struct PageBuilder {
    private let search: EventSearch
    private let most: Int
    private var best: [(place: EventCursor, event: AcceptedEvent)] = []
    private(set) var total = 0

    init(_ search: EventSearch) {
        self.search = search
        most = search.skip + search.limit + 1
    }

    mutating func add(_ sequence: SequenceNumber, _ event: AcceptedEvent) {
        total += 1
        let place = EventCursor(timestamp: event.timestamp, sequence: sequence)
        if let after = search.after, !precedes(after, place) { return }
        if let until = search.until, !precedes(place, until) { return }
        if best.count == most, let last = best.last, !precedes(place, last.place) { return }
        var (low, high) = (0, best.count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(best[middle].place, place) { low = middle + 1 } else { high = middle }
        }
        best.insert((place, event), at: low)
        if best.count > most { best.removeLast() }
    }

    /// The events of the page, and whether more follow.
    var page: (events: [(sequence: SequenceNumber, event: AcceptedEvent)], hasMore: Bool) {
        let events = best.dropFirst(search.skip).prefix(search.limit).map {
            (sequence: $0.place.sequence, event: $0.event)
        }
        return (events, best.count == most)
    }

    private func precedes(_ left: EventCursor, _ right: EventCursor) -> Bool {
        let (first, second) = search.order == .oldestFirst ? (left, right) : (right, left)
        return first.timestamp == second.timestamp
            ? first.sequence < second.sequence : first.timestamp < second.timestamp
    }
}

extension EventFilter {
    /// Whether deliveries must be looked at.
    fileprivate var asksForDeliveries: Bool { provider != nil || !deliveryStatuses.isEmpty }

    fileprivate func takes(_ delivery: Delivery) -> Bool {
        (provider.map { $0 == delivery.provider } ?? true)
            && (deliveryStatuses.isEmpty || deliveryStatuses.contains(delivery.status))
    }
}
