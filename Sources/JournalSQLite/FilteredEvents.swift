import Events
import GRDB
import Journal

/// Reads the events that an index has named, and keeps those that a filter takes.
struct FilteredEvents {
    let db: Database
    let reader: JournalReader
    let names: NameTable
    let tenant: TenantID
    let filter: EventFilter

    /// How many events are read at a time before it is known how many of them match.
    private static let block = 512

    /// The events with these numbers that the filter takes.
    ///
    /// The whole filter is asked of each, also what the index has answered already: what a page shows is never wrong, whatever an
    /// index says.
    /// - Parameters:
    ///   - sequences: ascending.
    ///   - limitBytes: how much may be read; one event may be larger.
    /// - Returns: nil if they are more than that: ask for fewer.
    func events(at sequences: [Int64], limitBytes: Int) throws -> [Int64: AcceptedEvent]? {
        let deliveries = DeliveryAssembly(db: db, names: names)
        return try reader.chosenEvents(at: sequences, limitBytes: limitBytes, in: db)?.filter { sequence, event in
            guard event.tenant == tenant, filter.takes(event) else { return false }
            guard filter.asksForDeliveries else { return true }
            return try deliveries.all(of: event, at: sequence).contains(where: filter.takes)
        }
    }

    /// Those among the first of these that the filter takes; all that were examined are removed.
    /// - Parameter rest: ascending, and not empty.
    func takeBite(of rest: inout ArraySlice<Int64>, limitBytes: Int) throws -> [Int64: AcceptedEvent] {
        var count = Self.block
        while true {
            let bite = rest.prefix(count)
            if let events = try events(at: Array(bite), limitBytes: limitBytes) {
                rest = rest.dropFirst(bite.count)
                return events
            }
            count = max(1, count / 8)
        }
    }
}

extension EventFilter {
    /// Whether columns are not enough to tell what it takes, apart from what lanes have taken.
    var asksForEvents: Bool { condition != nil || !deliveryStatuses.isEmpty || !ids.isEmpty }

    /// Whether deliveries must be examined.
    fileprivate var asksForDeliveries: Bool { provider != nil || !deliveryStatuses.isEmpty }

    fileprivate func takes(_ delivery: Delivery) -> Bool {
        (provider.map { $0 == delivery.provider } ?? true)
            && (deliveryStatuses.isEmpty || deliveryStatuses.contains(delivery.status))
    }
}
