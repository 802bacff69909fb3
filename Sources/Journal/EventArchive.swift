package import Events

/// Reads what the journal holds: by id, by what events say, as it grows, and the outcomes of their deliveries.
///
/// Searches share a few readers of their own, a piece at a time each, so that neither deliveries nor writes wait for them, and a long
/// search does not keep out a short one.
package protocol EventArchive: JournalGrowth {
    /// A text that tells this journal from all others, drawn when it was made; the same for its life.
    var journalID: String { get }

    /// The events of a tenant with this id: none, one, or several that ``AcceptedEvent/idScope`` tells apart, in journal order;
    /// each with its deliveries.
    /// - Throws: ``StoreError/unfinishedRead`` if they are too large for one answer.
    func events(withID id: EventID, of tenant: TenantID) async throws(StoreError) -> [ArchivedEvent]

    /// The deliveries of some of a tenant's events, by their numbers; none of an event that is not there, or is another tenant's.
    ///
    /// For one client that waits for many events: one read takes them all, so they should be few hundreds, and small.
    func deliveries(of sequences: [SequenceNumber], in tenant: TenantID) async throws(StoreError)
        -> [SequenceNumber: [Delivery]]

    // MARK: Searching

    /// A page of a tenant's events.
    ///
    /// A page also ends at a limit of bytes, and at a time limit: then ``EventPage/stoppedAt`` tells how far the search came, and the
    /// next page continues from there.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many searches wait, ``StoreError/unfinishedRead`` if a search that
    ///   cannot be answered in part (with a total, by number of page) takes too long.
    func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage

    /// The names that occur among a tenant's events, in the order of their bytes, a page at a time; counts are of all events.
    ///
    /// - Parameters:
    ///   - after: the page begins after this name; at the first one if nil.
    ///   - limit: maximum number of names.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many searches wait, ``StoreError/unfinishedRead`` if it takes too long.
    func names(_ filter: EventFilter, of tenant: TenantID, after: String?, limit: Int) async throws(StoreError)
        -> EventNamePage

    /// The event with this number; nil if there is none, or if it is another tenant's. Never waits for a search.
    func event(at sequence: SequenceNumber, of tenant: TenantID) async throws(StoreError) -> ArchivedEvent?

    // MARK: Following

    /// The tenant's events after a position, with their deliveries: in the order of the journal within a stream.
    /// - Parameter limit: maximum number of events looked at, whosever they are; so a page may be empty though more follow.
    func events(after position: JournalPosition, of tenant: TenantID, limit: Int) async throws(StoreError)
        -> FollowedEvents

    // MARK: Deliveries

    /// The deliveries that have a row of their own (retrying, rejected, uncertain, discarded, skipped, and delivered after that),
    /// in journal order, a page at a time; with ``DeliveryFilter/duplicateAtVendor`` also those that succeeded at once. A page also ends at a limit of bytes, and at a time limit, with whatever was found.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many searches wait.
    func deliveries(matching filter: DeliveryFilter, after: DeliveryCursor?, limit: Int) async throws(StoreError)
        -> DeliveryPage

    /// The same, with the deliveries among them that were never tried at these providers and are held by no pipeline, if the filter
    /// takes the state `pending`.
    func deliveries(
        matching filter: DeliveryFilter,
        untriedAt providers: [ProviderName],
        after: DeliveryCursor?,
        limit: Int
    ) async throws(StoreError) -> DeliveryPage

    /// How much waits for a provider: pending and retrying events.
    func backlog(of provider: ProviderName) async throws(StoreError) -> Backlog

    /// How old what waits for a provider is. Reads a limited part of the journal, the newest: of an enormous backlog, older events stay
    /// ``BacklogAges/uncounted``.
    func backlogAges(of provider: ProviderName, at now: Timestamp) async throws(StoreError) -> BacklogAges

    /// The adapters that what waits for a provider was planned for, by the oldest of each kind of waiting; empty if nothing waits.
    /// More than the one that the provider has now: it was another account.
    func waitingAdapters(of provider: ProviderName) async throws(StoreError) -> Set<AdapterName>

    /// The providers for which something waits, whether `routes.json` has them still or not.
    func providersWithBacklog() async throws(StoreError) -> [ProviderName]

    /// The chunks whose checksum did not match when they were read.
    func damage() async throws(StoreError) -> [ChunkDamage]

    /// When the newest event that is there was accepted; nil if there is none.
    func newestAcceptance() async throws(StoreError) -> Timestamp?

    /// The time that was noted last, see ``JournalAdministration/note(_:)``; nil if none was.
    func notedTime() async throws(StoreError) -> Timestamp?
}

extension EventArchive {
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
        /// After this event, and after all that came before it in the piece.
        package let position: JournalPosition

        package init(event: ArchivedEvent, position: JournalPosition) {
            self.event = event
            self.position = position
        }
    }

    package let events: [Followed]
    /// The next piece begins here.
    package let through: JournalPosition

    package init(events: [Followed], through: JournalPosition) {
        self.events = events
        self.through = through
    }
}

/// What waits for a provider.
package struct Backlog: Sendable, Equatable {
    /// Events not settled: never tried, or waiting for another try.
    package let events: Int
    /// When the oldest of them was accepted; nil if none waits.
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
