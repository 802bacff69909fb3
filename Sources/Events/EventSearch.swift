/// Which events to find. An empty or nil condition does not restrict; all others must hold together.
package struct EventFilter: Sendable {
    /// Any of these ids, in whatever ``AcceptedEvent/idScope``.
    package var ids: [EventID]
    /// Any of these names.
    package var names: [String]
    /// Any of these customers.
    package var customerIDs: [String]
    /// Any of these subscriptions.
    package var subscriptionIDs: [String]
    /// Any of these sources.
    package var sources: [String]
    /// Only events whose timestamp (``AcceptedEvent/timestamp``) is not before this one.
    package var from: Timestamp?
    /// Only events whose timestamp is before this one.
    package var before: Timestamp?
    /// Only events with a delivery to this provider.
    package var provider: ProviderName?
    /// Only events with a delivery in one of these states; at ``provider`` if that is given.
    package var deliveryStatuses: Set<DeliveryStatus>
    /// A condition that no index can answer, such as a property's value. It is evaluated for each event that meets the other conditions,
    /// so it must be quick and free of side effects.
    package var condition: (@Sendable (AcceptedEvent) -> Bool)?

    package init(
        ids: [EventID] = [],
        names: [String] = [],
        customerIDs: [String] = [],
        subscriptionIDs: [String] = [],
        sources: [String] = [],
        from: Timestamp? = nil,
        before: Timestamp? = nil,
        provider: ProviderName? = nil,
        deliveryStatuses: Set<DeliveryStatus> = [],
        condition: (@Sendable (AcceptedEvent) -> Bool)? = nil
    ) {
        self.ids = ids
        self.names = names
        self.customerIDs = customerIDs
        self.subscriptionIDs = subscriptionIDs
        self.sources = sources
        self.from = from
        self.before = before
        self.provider = provider
        self.deliveryStatuses = deliveryStatuses
        self.condition = condition
    }
}

extension EventFilter {
    /// Whether an event meets the conditions, except those on deliveries.
    package func takes(_ event: AcceptedEvent) -> Bool {
        (from.map { event.timestamp >= $0 } ?? true) && (before.map { event.timestamp < $0 } ?? true)
            && (ids.isEmpty || ids.contains(event.id)) && Self.takes(event.name, names)
            && Self.takes(event.customerID, customerIDs) && Self.takes(event.subscriptionID, subscriptionIDs)
            && Self.takes(event.source, sources) && (condition.map { $0(event) } ?? true)
    }

    /// Whether a field's value is one of those that are wanted, if any is. Compares bytes, as everywhere.
    package static func takes(_ value: String?, _ wanted: [String]) -> Bool {
        wanted.isEmpty || value.map { value in wanted.contains { $0.utf8.elementsEqual(value.utf8) } } ?? false
    }
}

/// A search for events: which ones, in what order, and which part of the result.
///
/// Events are ordered by their timestamp, and within a millisecond by sequence number. So a page that follows a cursor neither repeats
/// nor misses an event that existed when the first page was read, however many arrive later.
package struct EventSearch: Sendable {
    /// The order of time in the pages.
    package enum Order: Sendable, Equatable {
        case newestFirst
        case oldestFirst
    }

    package var filter: EventFilter
    package var order: Order
    /// The page begins after this event; nil: at the first event.
    package var after: EventCursor?
    /// The page ends before this event; nil: no limit. ``EventPage/total`` counts events beyond it too.
    package var until: EventCursor?
    /// How many events to skip, counted from ``after``: for APIs that page by number.
    package var skip: Int
    /// Maximum number of events per page; at least 1.
    package var limit: Int
    /// Whether to compute ``EventPage/total``, which visits every event that matches the filter.
    package var wantsTotal: Bool

    /// By default the first page of the newest events.
    /// - Precondition: `limit` is positive and `skip` is not negative; both come from outside, so callers check them first.
    package init(
        _ filter: EventFilter = EventFilter(),
        order: Order = .newestFirst,
        after: EventCursor? = nil,
        until: EventCursor? = nil,
        skip: Int = 0,
        limit: Int,
        wantsTotal: Bool = false
    ) {
        precondition(limit > 0 && skip >= 0, "a page of nothing never ends")
        self.filter = filter
        self.order = order
        self.after = after
        self.until = until
        self.skip = skip
        self.limit = limit
        self.wantsTotal = wantsTotal
    }
}

/// An event's position in the order of a search.
package struct EventCursor: Sendable, Equatable {
    package let timestamp: Timestamp
    package let sequence: SequenceNumber

    package init(timestamp: Timestamp, sequence: SequenceNumber) {
        self.timestamp = timestamp
        self.sequence = sequence
    }
}

/// The result of a search.
package struct EventPage: Sendable {
    /// In the requested order, each with its deliveries.
    package let events: [ArchivedEvent]
    /// Whether more events follow, or may follow.
    package let hasMore: Bool
    /// How many events match the filter on all pages; nil if that was not requested.
    package let total: Int?
    /// The position that a search reached before its time limit, with everything before it examined; nil if the page is complete.
    package let stoppedAt: EventCursor?

    /// - Parameters:
    ///   - total: nil if the search did not ask for it.
    ///   - stoppedAt: where the search ran out of time; nil if it did not.
    package init(events: [ArchivedEvent], hasMore: Bool, total: Int? = nil, stoppedAt: EventCursor? = nil) {
        self.events = events
        self.hasMore = hasMore || stoppedAt != nil
        self.total = total
        self.stoppedAt = stoppedAt
    }

    /// Where the next page begins; nil if this is the last.
    package var next: EventCursor? {
        if let stoppedAt { return stoppedAt }
        guard hasMore, let last = events.last else { return nil }
        return EventCursor(timestamp: last.event.timestamp, sequence: last.sequence)
    }
}

/// How often an event name occurs, and when.
package struct EventNameSummary: Sendable, Equatable {
    package let name: String
    package let count: Int
    /// The smallest timestamp among its events.
    package let firstSeen: Timestamp
    /// The largest timestamp among its events.
    package let lastSeen: Timestamp

    package init(name: String, count: Int, firstSeen: Timestamp, lastSeen: Timestamp) {
        self.name = name
        self.count = count
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
    }
}

/// Some of the names of a tenant's events.
package struct EventNamePage: Sendable, Equatable {
    /// In the order of their bytes.
    package let names: [EventNameSummary]
    /// Whether more follow.
    package let hasMore: Bool

    package init(names: [EventNameSummary], hasMore: Bool) {
        self.names = names
        self.hasMore = hasMore
    }

    /// The name after which the next page begins; nil if this is the last.
    package var next: String? { hasMore ? names.last?.name : nil }
}
