package import Events
import GRDB
package import Journal

extension SQLiteEventStore {
    package func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage {
        guard search.filter.ids.isEmpty else { return try await searchByID(search, of: tenant) }
        return try await searching(search.filter, of: tenant) { columns, events in
            guard let columns else { return EventPage(events: [], hasMore: false, total: search.wantsTotal ? 0 : nil) }
            let page = try events.page(search) { try columns.places(search, after: $0, most: $1) }
            var total: Int?
            if search.wantsTotal { total = try columns.count(asking: events) }
            return EventPage(events: page.events, hasMore: page.hasMore, total: total)
        }
    }

    package func names(_ filter: EventFilter, of tenant: TenantID) async throws(StoreError) -> [EventNameSummary] {
        let sequences = try await sequences(withIDs: filter.ids, of: tenant)
        return try await searching(filter, of: tenant) { columns, events in
            guard let columns else { return [] }
            guard filter.asksForEvents else { return try columns.names().sorted }
            var counts = NameCounts()
            func count(_ event: AcceptedEvent) {
                let moment = event.timestamp.milliseconds
                counts.add(Array(event.name.utf8), count: 1, from: moment, to: moment)
            }
            if filter.ids.isEmpty {
                try columns.forEachGroup { try events.forEach($0, count) }
            } else {
                try events.forEach(sequences, count)
            }
            return counts.sorted
        }
    }

    package func event(at sequence: SequenceNumber, of tenant: TenantID) async throws(StoreError) -> ArchivedEvent? {
        let (reader, names) = (parts.reader, parts.names.current)
        return try await read { db in
            guard let event = try reader.events(at: [sequence.rawValue], in: db)[sequence.rawValue]?.event,
                event.tenant == tenant
            else { return nil }
            let deliveries = try DeliveryReading(db: db, names: names).all(of: event, at: sequence.rawValue)
            return ArchivedEvent(sequence: sequence, event: event, deliveries: deliveries)
        }
    }

    /// The identity index leads to these events.
    private func searchByID(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage {
        let sequences = try await sequences(withIDs: search.filter.ids, of: tenant)
        let (reader, names) = (parts.reader, parts.names.current)
        return try await read { db in
            let events = EventReading(db: db, reader: reader, names: names, tenant: tenant, filter: search.filter)
            let found = try events.events(at: sequences)
            let page = try events.page(search) { after, most in
                var first = FirstPlaces(order: search.order, after: after, until: search.until, most: most)
                for (sequence, event) in found { first.add(event.timestamp.milliseconds) { sequence } }
                return first.places
            }
            return EventPage(events: page.events, hasMore: page.hasMore, total: search.wantsTotal ? found.count : nil)
        }
    }

    /// Where events with these ids may be; ascending.
    private func sequences(withIDs ids: [EventID], of tenant: TenantID) async throws(StoreError) -> [Int64] {
        var found: Set<Int64> = []
        for id in ids { found.formUnion(try await sequences(withID: id, of: tenant)) }
        return found.sorted()
    }

    /// Searches what is in the journal now. A part of the index that turns out to be damaged is left out and made again.
    /// - Parameter body: gets nil in the place of the columns if no event can be what the filter asks for.
    private func searching<Value: Sendable>(
        _ filter: EventFilter,
        of tenant: TenantID,
        _ body: @escaping @Sendable (ColumnSearch?, EventReading) throws -> Value
    ) async throws(StoreError) -> Value {
        let (parts, names) = (parts, parts.names.current)
        return try await read { db in
            let events = EventReading(db: db, reader: parts.reader, names: names, tenant: tenant, filter: filter)
            let candidates = try DeliveryRow.events(of: filter, names: names, in: db)
            while true {
                let snapshot = parts.columns.snapshot()
                var hidden = snapshot.removed
                for damage in parts.damage.all { hidden.insert(damage.first.rawValue...damage.last.rawValue) }
                var query = ColumnQuery(filter, of: tenant, names: names, key: parts.columns.key, hidden: hidden)
                query?.candidates = candidates
                do {
                    let columns = query.map { query in
                        ColumnSearch(
                            snapshot: snapshot,
                            query: query,
                            index: parts.columns,
                            reader: parts.reader,
                            db: db
                        )
                    }
                    return try body(columns, events)
                } catch let damaged as DamagedSegment where damaged.canBeMadeAgain {
                    parts.columns.discard(damaged)
                }
            }
        }
    }
}

extension ColumnSearch {
    /// How many events the whole filter takes.
    fileprivate func count(asking events: EventReading) throws -> Int {
        guard events.filter.asksForEvents else { return try count() }
        var count = 0
        try forEachGroup { try events.forEach($0) { _ in count += 1 } }
        return count
    }
}
