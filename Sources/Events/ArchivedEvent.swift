/// An event with all its deliveries.
package struct ArchivedEvent: Sendable {
    package let sequence: SequenceNumber
    package let event: AcceptedEvent
    /// One per destination of the plan, in the plan's order; then those of backfills.
    package let deliveries: [Delivery]

    package init(sequence: SequenceNumber, event: AcceptedEvent, deliveries: [Delivery]) {
        self.sequence = sequence
        self.event = event
        self.deliveries = deliveries
    }
}
