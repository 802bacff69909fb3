package import Events

/// Follows the journal as it grows.
package protocol EventFollowing: Sendable {
    /// The number of the newest event; 0 if there is none yet.
    var newestSequence: SequenceNumber { get }

    /// The tenant's events behind a number, in journal order, with their deliveries.
    /// - Parameter limit: the most events looked at, whosever they are; so a page may be empty though more follow.
    func events(after sequence: SequenceNumber, of tenant: TenantID, limit: Int) async throws(StoreError)
        -> FollowedEvents

    /// Returns when there is an event behind this number, when the store closes, or when the task is cancelled.
    func waitForEvents(after sequence: SequenceNumber) async
}

/// A piece of the journal.
package struct FollowedEvents: Sendable {
    package let events: [ArchivedEvent]
    /// The next piece begins behind this number.
    package let through: SequenceNumber

    package init(events: [ArchivedEvent], through: SequenceNumber) {
        self.events = events
        self.through = through
    }
}
