package import Events

/// Says with which settings deliveries are sent that a person retries, where certainly nothing of them has reached the vendor.
package protocol DeliveryAmending: Sendable {
    /// The destination with the settings of today, and with the identity that the event has in `planned`.
    /// - Returns: `planned` if today's routes say nothing else.
    func amended(_ planned: Destination, for event: AcceptedEvent) -> Destination

    /// Whether the event can be translated for a destination.
    func canTranslate(_ event: AcceptedEvent, for destination: Destination) -> Bool
}
