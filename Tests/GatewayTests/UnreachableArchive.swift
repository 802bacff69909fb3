import Events
import Journal
import JournalSQLite
import Synchronization

/// An archive whose database cannot be reached until a test says so.
final class UnreachableArchive: EventArchive {
    private let store: SQLiteEventStore
    private let state = Mutex((isReachable: false, questions: 0))

    init(_ store: SQLiteEventStore) { self.store = store }

    func becomeReachable() { state.withLock { $0.isReachable = true } }

    /// How often somebody asked for what waits, in vain or not.
    var questions: Int { state.withLock { $0.questions } }

    func waitingAdapters(of provider: ProviderName) async throws(StoreError) -> Set<AdapterName> {
        let isReachable = state.withLock { state in
            state.questions += 1
            return state.isReachable
        }
        guard isReachable else { throw .unreachable(reason: "no connection", retryAfter: .seconds(1)) }
        return try await store.waitingAdapters(of: provider)
    }

    // MARK: - As the store

    var journalID: String { store.journalID }

    func events(withIDs ids: [EventID], of tenant: TenantID) async throws(StoreError) -> [ArchivedEvent] {
        try await store.events(withIDs: ids, of: tenant)
    }

    func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage {
        try await store.search(search, of: tenant)
    }

    func names(_ filter: EventFilter, of tenant: TenantID, after: String?, limit: Int) async throws(StoreError)
        -> EventNamePage
    {
        try await store.names(filter, of: tenant, after: after, limit: limit)
    }

    func event(at sequence: SequenceNumber, of tenant: TenantID) async throws(StoreError) -> ArchivedEvent? {
        try await store.event(at: sequence, of: tenant)
    }

    func events(after position: JournalPosition, of tenant: TenantID, limit: Int) async throws(StoreError)
        -> FollowedEvents
    {
        try await store.events(after: position, of: tenant, limit: limit)
    }

    func deliveries(matching filter: DeliveryFilter, after: DeliveryCursor?, limit: Int) async throws(StoreError)
        -> DeliveryPage
    {
        try await store.deliveries(matching: filter, after: after, limit: limit)
    }

    func deliveries(
        matching filter: DeliveryFilter,
        untriedAt providers: [ProviderName],
        after: DeliveryCursor?,
        limit: Int
    ) async throws(StoreError) -> DeliveryPage {
        try await store.deliveries(matching: filter, untriedAt: providers, after: after, limit: limit)
    }

    func backlog(of provider: ProviderName) async throws(StoreError) -> Backlog {
        try await store.backlog(of: provider)
    }

    func backlogAges(of provider: ProviderName, at now: Timestamp) async throws(StoreError) -> BacklogAges {
        try await store.backlogAges(of: provider, at: now)
    }

    func providersWithBacklog() async throws(StoreError) -> [ProviderName] { try await store.providersWithBacklog() }

    func damage() async throws(StoreError) -> [ChunkDamage] { try await store.damage() }

    func newestAcceptance() async throws(StoreError) -> Timestamp? { try await store.newestAcceptance() }

    func notedTime() async throws(StoreError) -> Timestamp? { try await store.notedTime() }

    func newestPosition() async throws(StoreError) -> JournalPosition { try await store.newestPosition() }

    func waitForEvents(after position: JournalPosition) async { await store.waitForEvents(after: position) }
}
