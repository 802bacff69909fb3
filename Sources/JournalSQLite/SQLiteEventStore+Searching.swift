package import Events
import GRDB
package import Journal
import JournalFormat

extension SQLiteEventStore {
    package func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage {
        guard search.filter.ids.isEmpty else { return try await searchByID(search, of: tenant) }
        let time = ReadTime(parts.settings)
        let context = SearchContext(parts, search.filter, of: tenant)
        let page = try await read(inSlices: PageRead(search, context), of: tenant, time)
        guard search.wantsTotal else { return page.finished(total: nil) }
        let count = CountRead(context, page.snapshot, candidates: page.candidates.sequences)
        return page.finished(total: try await read(inSlices: count, of: tenant, time).count)
    }

    package func names(
        _ filter: EventFilter,
        of tenant: TenantID,
        after: String?,
        limit: Int
    ) async throws(StoreError) -> EventNamePage {
        let sequences = filter.ids.isEmpty ? nil : try await sequences(withIDs: filter.ids, of: tenant)
        let read = NamesRead(
            SearchContext(parts, filter, of: tenant),
            parts.columns.snapshot(),
            counting: NameCounts(after: after, limit: limit),
            among: sequences
        )
        return try await self.read(inSlices: read, of: tenant, ReadTime(parts.settings)).counts.page
    }

    package func event(at sequence: SequenceNumber, of tenant: TenantID) async throws(StoreError) -> ArchivedEvent? {
        let (reader, names) = (parts.reader, parts.names.current)
        return try await readPoint { db in
            guard let event = try reader.events(at: [sequence.rawValue], in: db)[sequence.rawValue]?.event,
                event.tenant == tenant
            else { return nil }
            let deliveries = try DeliveryAssembly(db: db, names: names).all(of: event, at: sequence.rawValue)
            return ArchivedEvent(sequence: sequence, event: event, deliveries: deliveries)
        }
    }

    /// The identity index leads to these events.
    private func searchByID(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage {
        let sequences = try await sequences(withIDs: search.filter.ids, of: tenant)
        let read = IdentifiedRead(search, SearchContext(parts, search.filter, of: tenant), sequences)
        return try await self.read(inSlices: read, of: tenant, ReadTime(parts.settings)).page
    }
}
