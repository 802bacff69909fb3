/// Settings that replaced those that a delivery's event was accepted with. A person retried it while it was certain that nothing of it
/// had reached the vendor.
package struct DeliveryAmendment: Sendable, Equatable {
    /// When it was retried.
    package let at: Timestamp
    /// Who retried it.
    package let by: ClientName
    /// The first attempt with these settings; attempts are counted from 1.
    package let firstAttempt: Int
    package let destination: Destination

    package init(at timestamp: Timestamp, by client: ClientName, firstAttempt: Int, destination: Destination) {
        at = timestamp
        by = client
        self.firstAttempt = firstAttempt
        self.destination = destination
    }
}
