package import Events

/// Appends accepted events to the journal.
package protocol EventAppending: Sendable {
    /// Appends a request's events, in one commit with whatever else is waiting.
    ///
    /// When this returns, each event with the result ``AppendResult/stored(_:)`` or ``AppendResult/duplicate(of:hasOtherTime:)`` is on
    /// disk: fsync has returned. An event is identified by tenant, ``AcceptedEvent/idScope`` and id, for as long as the journal keeps it;
    /// the check also covers earlier events of the same request and of requests in the same commit.
    ///
    /// "The same content" compares what the application sent: names, customer, subscription, source, properties and vendor fields
    /// by their JSON content (member order and whitespace do not matter, numbers by exact value), and the timestamp, unless one of
    /// the two was not given by the application.
    ///
    /// - Returns: one result per event, in their order.
    /// - Throws: ``StoreError`` if nothing of the request was stored.
    nonisolated(nonsending) func append(_ request: AppendRequest) async throws(StoreError) -> [AppendResult]

    /// The event that a duplicate repeats, for the response; nil if it was removed. Never waits for clients' reads.
    func original(_ sequence: SequenceNumber) async throws(StoreError) -> AcceptedEvent?
}

/// The events of one request, and whether they are stored all or not at all.
package struct AppendRequest: Sendable {
    /// What a conflict or a duplicate does to the request's other events.
    package enum Policy: Sendable, CaseIterable {
        /// With one conflict, nothing of the request is stored.
        case allOrNothing
        /// With one conflict or one duplicate, nothing of the request is stored: all events are new, or none is stored.
        case allNewOrNothing
        /// Each event is stored independently of the others.
        case each
    }

    package let events: [AcceptedEvent]
    package let policy: Policy

    package init(events: [AcceptedEvent], policy: Policy) {
        self.events = events
        self.policy = policy
    }
}

extension AppendRequest.Policy {
    /// Whether nothing of a request is stored.
    package func withholds(hasConflict: Bool, hasDuplicate: Bool) -> Bool {
        switch self {
        case .allOrNothing: hasConflict
        case .allNewOrNothing: hasConflict || hasDuplicate
        case .each: false
        }
    }
}

/// The outcome of one event of an ``AppendRequest``.
package enum AppendResult: Sendable, Equatable {
    /// New, and on disk now.
    case stored(SequenceNumber)
    /// On disk already, with the same content. `hasOtherTime` if the timestamps differ, because one of them was not given.
    case duplicate(of: SequenceNumber, hasOtherTime: Bool = false)
    /// The id is already used with different content; this event is not stored. The names are those of the canonical fields that differ.
    /// The number is 0 if the other event is in the same request and is not stored either.
    case conflict(with: SequenceNumber, fields: [String])
    /// Valid, but not stored, because of another event of the request; see ``AppendRequest/Policy``.
    case withheld
}
