package import Events
import GRDB
package import Journal

extension SQLiteEventStore {
    package func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage {
        let (reader, names) = (parts.reader, parts.names.current)
        return try await read { db in
            var builder = PageBuilder(search)
            let scan = EventScan(db: db, reader: reader, names: names, tenant: tenant)
            try scan.forEach(search.filter) { builder.add($0, $1) }
            let deliveries = DeliveryReading(db: db, names: names)
            let page = builder.page
            return EventPage(
                events: try page.events.map { sequence, event in
                    ArchivedEvent(
                        sequence: sequence,
                        event: event,
                        deliveries: try deliveries.all(of: event, at: sequence.rawValue)
                    )
                },
                hasMore: page.hasMore,
                total: search.wantsTotal ? builder.total : nil
            )
        }
    }

    package func names(_ filter: EventFilter, of tenant: TenantID) async throws(StoreError) -> [EventNameSummary] {
        let (reader, names) = (parts.reader, parts.names.current)
        return try await read { db in
            var found: [[UInt8]: EventNameSummary] = [:]
            let scan = EventScan(db: db, reader: reader, names: names, tenant: tenant)
            try scan.forEach(filter) { _, event in
                let key = Array(event.name.utf8)
                let known = found[key]
                found[key] = EventNameSummary(
                    name: event.name,
                    count: (known?.count ?? 0) + 1,
                    firstSeen: min(known?.firstSeen ?? event.timestamp, event.timestamp),
                    lastSeen: max(known?.lastSeen ?? event.timestamp, event.timestamp)
                )
            }
            return found.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
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
}
