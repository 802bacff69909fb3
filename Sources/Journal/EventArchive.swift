package import Events

/// Reads what the journal holds.
package protocol EventArchive: Sendable {
    /// A text that tells this journal from all others, drawn when it was made; the same for its life.
    var journalID: String { get }

    /// The events of a tenant with this id: none, one, or several that ``AcceptedEvent/idScope`` tells apart, in journal order;
    /// each with its deliveries.
    /// - Throws: ``StoreError/unfinishedRead`` if they are too large for one answer.
    func events(withID id: EventID, of tenant: TenantID) async throws(StoreError) -> [ArchivedEvent]

    /// The deliveries that have a row of their own (retrying, rejected, uncertain, discarded, skipped, and delivered after that),
    /// in journal order, a page at a time. A page also ends at a limit of bytes, and at a time limit, with whatever was found.
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

    /// The adapters that what waits for a provider was planned for, by the oldest of each kind of waiting; empty if nothing waits.
    /// More than the one that the provider has now: it was another account.
    func waitingAdapters(of provider: ProviderName) async throws(StoreError) -> Set<AdapterName>

    /// The providers for which something waits, whether `routes.json` has them still or not.
    func providersWithBacklog() async throws(StoreError) -> [ProviderName]

    /// The chunks whose checksum did not match when they were read.
    func damage() async throws(StoreError) -> [ChunkDamage]

    /// When the newest event that is there was accepted; nil if there is none.
    func newestAcceptance() async throws(StoreError) -> Timestamp?

    /// Removes chunks all of whose events were accepted before `limit` and are settled everywhere (delivered, discarded or
    /// skipped). What is not settled is never removed. Each chunk's own times count, wherever in the journal it is: events that were
    /// accepted while the clock was ahead do not keep others.
    /// - Returns: how many events were removed.
    func removeSettled(acceptedBefore limit: Timestamp) async throws(StoreError) -> Int
}

/// One delivery with its event.
package struct ArchivedDelivery: Sendable {
    package let cursor: DeliveryCursor
    package let event: AcceptedEvent
    package let delivery: Delivery

    package init(cursor: DeliveryCursor, event: AcceptedEvent, delivery: Delivery) {
        self.cursor = cursor
        self.event = event
        self.delivery = delivery
    }
}

/// Some of the deliveries that a filter takes.
package struct DeliveryPage: Sendable {
    /// In journal order.
    package let deliveries: [ArchivedDelivery]
    /// Where the next page begins; nil if this is the last.
    package let next: DeliveryCursor?

    package init(deliveries: [ArchivedDelivery], next: DeliveryCursor?) {
        self.deliveries = deliveries
        self.next = next
    }
}

/// A place in the list of deliveries: journal order, then provider.
package struct DeliveryCursor: Sendable, Equatable {
    package let sequence: SequenceNumber
    package let provider: ProviderName

    package init(sequence: SequenceNumber, provider: ProviderName) {
        self.sequence = sequence
        self.provider = provider
    }
}

/// Which deliveries are meant; what is nil or empty does not restrict, what is given must hold together.
package struct DeliveryFilter: Sendable, Equatable {
    package var tenant: TenantID?
    package var provider: ProviderName?
    package var statuses: Set<DeliveryStatus>
    /// Deliveries of these events, in whatever scope.
    package var eventIDs: [EventID]
    /// Deliveries of events with one of these names.
    package var names: [String]
    /// Deliveries whose last fault has one of these codes.
    package var errorCodes: Set<DeliveryErrorCode>
    /// Deliveries of events accepted at this timestamp or later.
    package var acceptedFrom: Timestamp?
    /// Deliveries of events accepted before this timestamp.
    package var acceptedBefore: Timestamp?

    package init(
        tenant: TenantID? = nil,
        provider: ProviderName? = nil,
        statuses: Set<DeliveryStatus> = [],
        eventIDs: [EventID] = [],
        names: [String] = [],
        errorCodes: Set<DeliveryErrorCode> = [],
        acceptedFrom: Timestamp? = nil,
        acceptedBefore: Timestamp? = nil
    ) {
        self.tenant = tenant
        self.provider = provider
        self.statuses = statuses
        self.eventIDs = eventIDs
        self.names = names
        self.errorCodes = errorCodes
        self.acceptedFrom = acceptedFrom
        self.acceptedBefore = acceptedBefore
    }

    /// Whether it takes a delivery of an event.
    package func takes(_ event: AcceptedEvent, _ delivery: Delivery) -> Bool {
        (tenant.map { $0 == event.tenant } ?? true)
            && (provider.map { $0 == delivery.provider } ?? true)
            && (statuses.isEmpty || statuses.contains(delivery.status))
            && (eventIDs.isEmpty || eventIDs.contains(event.id))
            && (names.isEmpty || names.contains { $0.utf8.elementsEqual(event.name.utf8) })
            && (errorCodes.isEmpty || delivery.fault.map { errorCodes.contains($0.code) } ?? false)
            && (acceptedFrom.map { event.acceptedAt >= $0 } ?? true)
            && (acceptedBefore.map { event.acceptedAt < $0 } ?? true)
    }

    /// What it says, for people: `provider lago, status rejected or uncertain`; `all` if nothing. Without the tenant.
    package var summary: String {
        func list(_ name: String, _ values: [String]) -> String? {
            guard let first = values.first else { return nil }
            return values.count > 5
                ? "\(name) \(first) and \(values.count - 1) more" : "\(name) " + values.joined(separator: " or ")
        }
        let parts = [
            provider.map { "provider \($0)" }, list("status", statuses.map(\.rawValue).sorted()),
            list("id", eventIDs.map(\.rawValue)), list("name", names),
            list("error", errorCodes.map(\.rawValue).sorted()), acceptedFrom.map { "accepted from \($0.rfc3339)" },
            acceptedBefore.map { "accepted before \($0.rfc3339)" },
        ].compactMap(\.self)
        return parts.isEmpty ? "all" : parts.joined(separator: ", ")
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
    /// What does not match, in words.
    package let reason: String

    package init(first: SequenceNumber, last: SequenceNumber, reason: String) {
        self.first = first
        self.last = last
        self.reason = reason
    }
}
