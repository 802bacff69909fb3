package import Events

/// Maximum size of a block; the first event always fits.
package struct BlockLimit: Sendable, Equatable {
    package let events: Int
    /// Sum of the events' stored sizes.
    package let bytes: Int

    /// - Precondition: both are positive.
    package init(events: Int, bytes: Int) {
        precondition(events > 0 && bytes > 0, "a block of nothing never gets anywhere")
        self.events = events
        self.bytes = bytes
    }
}

/// Events to deliver to one provider, in journal order and claimed together.
package struct DeliveryBlock: Sendable {
    package let provider: ProviderName
    package let deliveries: [ClaimedDelivery]
    /// Whether nothing followed in the journal when the block was claimed.
    package let reachesEnd: Bool

    package init(provider: ProviderName, deliveries: [ClaimedDelivery], reachesEnd: Bool) {
        self.provider = provider
        self.deliveries = deliveries
        self.reachesEnd = reachesEnd
    }
}

/// One event to deliver to one provider.
package struct ClaimedDelivery: Sendable {
    package let sequence: SequenceNumber
    package let event: AcceptedEvent
    package let destination: Destination
    /// How many requests have carried it so far.
    package let attempts: Int
    /// ``SettledDelivery/reachedAt`` of its settlements; nil if no request reached the vendor.
    package let reachedAt: Timestamp?

    package init(
        sequence: SequenceNumber,
        event: AcceptedEvent,
        destination: Destination,
        attempts: Int,
        reachedAt: Timestamp? = nil
    ) {
        self.sequence = sequence
        self.event = event
        self.destination = destination
        self.attempts = attempts
        self.reachedAt = reachedAt
    }
}
