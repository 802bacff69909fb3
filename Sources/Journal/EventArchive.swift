package import Events

/// Reads what the journal has: events by id and by content, new events as they arrive, and the outcomes of their deliveries.
///
/// Searches share a few readers of their own and take turns, so that neither deliveries nor writes wait for them, and a long search does
/// not block a short one.
package protocol EventArchive: JournalGrowth {
    /// Identifies this journal among all others; chosen at random when it was created, and never changed.
    var journalID: String { get }

    /// The events of a tenant with one of these ids, in journal order, each with its deliveries. An id can have none, one, or several with
    /// different ``AcceptedEvent/idScope``.
    ///
    /// One read takes them all, so the ids should be few hundreds. They are compared byte by byte, and one that is given twice counts once.
    /// - Throws: ``StoreError/unfinishedRead`` if the events are too large for one response: fewer ids may have an answer.
    func events(withIDs ids: [EventID], of tenant: TenantID) async throws(StoreError) -> [ArchivedEvent]

    /// The deliveries of some of a tenant's events, by their numbers; none of an event that is not there, or is another tenant's.
    ///
    /// For one client that waits for many events: one read takes them all, so they should be few hundreds, and small.
    func deliveries(of sequences: [SequenceNumber], in tenant: TenantID) async throws(StoreError)
        -> [SequenceNumber: [Delivery]]

    // MARK: Searching

    /// A page of a tenant's events.
    ///
    /// A page also ends at a byte limit and at a time limit: then ``EventPage/stoppedAt`` is the position that the search reached, and
    /// the next page continues from there.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many searches wait, ``StoreError/unfinishedRead`` if a search that cannot return
    ///   a part (with a total, or by page number) takes too long.
    func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage

    /// The names that occur among a tenant's events, ordered by their bytes, one page at a time; counts include all events.
    ///
    /// - Parameters:
    ///   - after: the page begins after this name; nil begins at the first.
    ///   - limit: maximum number of names.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many searches wait, ``StoreError/unfinishedRead`` if it takes too long.
    func names(_ filter: EventFilter, of tenant: TenantID, after: String?, limit: Int) async throws(StoreError)
        -> EventNamePage

    /// The event with this number; nil if there is none, or if it belongs to another tenant. Never waits for a search.
    func event(at sequence: SequenceNumber, of tenant: TenantID) async throws(StoreError) -> ArchivedEvent?

    // MARK: Following

    /// The tenant's events after a position, with their deliveries: in the order of the journal within a stream.
    /// - Parameter limit: maximum number of events examined, of all tenants; so a page may be empty although more follow.
    func events(after position: JournalPosition, of tenant: TenantID, limit: Int) async throws(StoreError)
        -> FollowedEvents

    // MARK: Deliveries

    /// The deliveries that have a row of their own (retrying, rejected, uncertain, discarded, skipped, and those delivered after that),
    /// in journal order, one page at a time; with ``DeliveryFilter/duplicateAtVendor`` also those that succeeded at once. A page also
    /// ends at a byte limit and at a time limit, with whatever was found.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many searches wait.
    func deliveries(matching filter: DeliveryFilter, after: DeliveryCursor?, limit: Int) async throws(StoreError)
        -> DeliveryPage

    /// The same, and in addition deliveries that were never tried at these providers and that no pipeline holds, if the filter includes
    /// the state `pending`.
    func deliveries(
        matching filter: DeliveryFilter,
        untriedAt providers: [ProviderName],
        after: DeliveryCursor?,
        limit: Int
    ) async throws(StoreError) -> DeliveryPage

    /// How many events wait for a provider, pending and retrying.
    func backlog(of provider: ProviderName) async throws(StoreError) -> Backlog

    /// The ages of the events that wait for a provider. Reads a limited part of the journal, the newest one: in an enormous backlog,
    /// older events stay ``BacklogAges/uncounted``.
    func backlogAges(of provider: ProviderName, at now: Timestamp) async throws(StoreError) -> BacklogAges

    /// The adapters that waiting events of a provider were planned for, by the oldest of each kind; empty if nothing waits. If it has
    /// others than the provider's current one, the name stood for another account before.
    func waitingAdapters(of provider: ProviderName) async throws(StoreError) -> Set<AdapterName>

    /// The providers for which events wait, whether or not `routes.json` still has them.
    func providersWithBacklog() async throws(StoreError) -> [ProviderName]

    /// The chunks whose checksum did not match when they were read.
    func damage() async throws(StoreError) -> [ChunkDamage]

    /// When the newest event in the journal was accepted; nil if there is none.
    func newestAcceptance() async throws(StoreError) -> Timestamp?

    /// The last time that was noted, see ``JournalAdministration/note(_:)``; nil if there is none.
    func notedTime() async throws(StoreError) -> Timestamp?
}

extension EventArchive {
    /// The events of a tenant with this id, as ``events(withIDs:of:)`` returns them.
    package func events(withID id: EventID, of tenant: TenantID) async throws(StoreError) -> [ArchivedEvent] {
        try await events(withIDs: [id], of: tenant)
    }

    package func deliveries(of sequences: [SequenceNumber], in tenant: TenantID) async throws(StoreError)
        -> [SequenceNumber: [Delivery]]
    {
        var found: [SequenceNumber: [Delivery]] = [:]
        for sequence in sequences { found[sequence] = try await event(at: sequence, of: tenant)?.deliveries }
        return found
    }
}

/// A piece of the journal.
package struct FollowedEvents: Sendable {
    /// One event of the piece.
    package struct Followed: Sendable {
        package let event: ArchivedEvent
        /// The position after this event and all that came before it in the piece.
        package let position: JournalPosition

        package init(event: ArchivedEvent, position: JournalPosition) {
            self.event = event
            self.position = position
        }
    }

    package let events: [Followed]
    /// The position at which the next piece begins.
    package let through: JournalPosition

    package init(events: [Followed], through: JournalPosition) {
        self.events = events
        self.through = through
    }
}

/// What waits for a provider.
package struct Backlog: Sendable, Equatable {
    /// Events that are not settled: never tried, or waiting for a retry.
    package let events: Int
    /// When the oldest of them was accepted; nil if there are none.
    package let oldest: Timestamp?

    package init(events: Int, oldest: Timestamp?) {
        self.events = events
        self.oldest = oldest
    }
}

/// A part of the journal that cannot be read.
package struct ChunkDamage: Sendable, Equatable {
    package let first: SequenceNumber
    package let last: SequenceNumber
    /// What does not match, for people.
    package let reason: String

    package init(first: SequenceNumber, last: SequenceNumber, reason: String) {
        self.first = first
        self.last = last
        self.reason = reason
    }
}
