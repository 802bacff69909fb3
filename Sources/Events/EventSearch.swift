/// Which events are meant; what is empty or nil does not restrict, what is given must hold together.
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
    /// Not before this timestamp (``AcceptedEvent/timestamp``).
    package var from: Timestamp?
    /// Before this timestamp.
    package var before: Timestamp?
    /// Only events with a delivery to this provider.
    package var provider: ProviderName?
    /// Only events with a delivery in one of these states; at ``provider`` if that is given.
    package var deliveryStatuses: Set<DeliveryStatus>
    /// What no index answers, such as a property's value: asked of each event that passes the rest. Must be quick and free of
    /// side effects.
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
    /// Whether it takes an event, deliveries apart.
    package func takes(_ event: AcceptedEvent) -> Bool {
        (from.map { event.timestamp >= $0 } ?? true) && (before.map { event.timestamp < $0 } ?? true)
            && (ids.isEmpty || ids.contains(event.id)) && Self.takes(event.name, names)
            && Self.takes(event.customerID, customerIDs) && Self.takes(event.subscriptionID, subscriptionIDs)
            && Self.takes(event.source, sources) && (condition.map { $0(event) } ?? true)
    }

    /// Byte for byte, as everywhere.
    private static func takes(_ value: String?, _ wanted: [String]) -> Bool {
        wanted.isEmpty || value.map { value in wanted.contains { $0.utf8.elementsEqual(value.utf8) } } ?? false
    }
}

/// A question for events: which, in what order, and which part of them.
///
/// Events are ordered by their timestamp, those of one millisecond by their sequence number. So a page that follows a cursor neither
/// repeats nor misses an event that was there when the first page was read, however many arrive meanwhile.
package struct EventSearch: Sendable {
    /// Which way the time runs through the pages.
    package enum Order: Sendable, Equatable {
        case newestFirst
        case oldestFirst
    }

    package var filter: EventFilter
    package var order: Order
    /// The page begins after this event; at the first event if nil.
    package var after: EventCursor?
    /// The page ends before this event; nowhere if nil. ``EventPage/total`` counts beyond it.
    package var until: EventCursor?
    /// So many events are skipped, from ``after`` on: what pages by number need.
    package var skip: Int
    /// Maximum number of events of a page; at least 1.
    package var limit: Int
    /// Whether ``EventPage/total`` is asked for, which costs a look at every event that the filter takes.
    package var wantsTotal: Bool

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

/// An event's place in the order of a search.
package struct EventCursor: Sendable, Equatable {
    package let timestamp: Timestamp
    package let sequence: SequenceNumber

    package init(timestamp: Timestamp, sequence: SequenceNumber) {
        self.timestamp = timestamp
        self.sequence = sequence
    }
}

/// What a search found.
package struct EventPage: Sendable {
    /// In the order that was asked for; each with its deliveries.
    package let events: [ArchivedEvent]
    /// Whether more follow, or may.
    package let hasMore: Bool
    /// How many events the filter takes, pages apart; nil if nobody asked.
    package let total: Int?
    /// How far the search came in its time, with all before it looked at; nil if it came to the end of the page.
    package let stoppedAt: EventCursor?

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
