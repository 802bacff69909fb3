package import Events
package import Journal
import JournalFormat

extension PostgresEventStore {
    package func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage {
        let parts = parts
        return try await asSearch(of: tenant) { () async throws(StoreError) in
            let page = try await scan(search.filter, of: tenant, into: SearchPage(search)) { $0.add($1) }
            return try await piece { (session) throws(PostgresFailure) in try page.finished(parts, session) }
        }
    }

    package func names(
        _ filter: EventFilter,
        of tenant: TenantID,
        after: String?,
        limit: Int
    ) async throws(StoreError) -> EventNamePage {
        try await asSearch(of: tenant) { () async throws(StoreError) in
            let counts = NameCounts(after: after, limit: limit)
            return try await scan(filter, of: tenant, into: counts) { counts, found in
                for (_, event) in found {
                    let time = event.timestamp.milliseconds
                    counts.add(Array(event.name.utf8), count: 1, from: time, to: time)
                }
            }.page
        }
    }

    /// Gathers all events that a filter takes.
    private func scan<Result: Sendable>(
        _ filter: EventFilter,
        of tenant: TenantID,
        into start: Result,
        _ gather: @escaping @Sendable (inout Result, [(sequence: Int64, event: AcceptedEvent)]) -> Void
    ) async throws(StoreError) -> Result {
        let parts = parts
        guard filter.ids.isEmpty else {
            return try await piece { (session) throws(PostgresFailure) in
                var result = start
                gather(&result, try Self.identified(filter, of: tenant, parts, session))
                return result
            }
        }
        let end = ContinuousClock.now + parts.settings.searchTimeLimit + parts.settings.searchPatience
        var state = (scan: SearchScan(parts, filter, of: tenant), result: start)
        while !state.scan.isDone {
            guard ContinuousClock.now < end else { throw .unfinishedRead }
            let current = state
            state = try await piece { (session) throws(PostgresFailure) in
                var state = current
                gather(&state.result, try state.scan.step(session))
                return state
            }
        }
        return state.result
    }

    /// The identities lead to these events.
    private static func identified(
        _ filter: EventFilter,
        of tenant: TenantID,
        _ parts: StoreParts,
        _ session: PostgresSession
    ) throws(PostgresFailure) -> [(sequence: Int64, event: AcceptedEvent)] {
        let reads = IdentityReads(parts: parts, session: session)
        let events = try reads.events(withIDs: filter.ids, of: tenant).filter { filter.takes($0.event) }
        guard filter.asksForDeliveries else { return events }
        let archived = try DeliveryAssembly(names: parts.names.current, session: session).archived(events)
        return archived.filter { $0.deliveries.contains(where: filter.takes) }.map { ($0.sequence.rawValue, $0.event) }
    }

    func asSearch<Value>(
        of tenant: TenantID?,
        _ body: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await parts.searchSlots.asRead(of: tenant, body)
    }

    /// Reads one piece of a search, when its turn has come.
    func piece<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresSession) throws(PostgresFailure) -> Value
    ) async throws(StoreError) -> Value {
        try await parts.searchSlots.withSlot { () async throws(StoreError) in
            try await read(on: parts.searches, body)
        }
    }
}
