package import Events

/// Decides with which settings a retry sends deliveries that certainly never reached the vendor.
package protocol DeliveryAmending: Sendable {
    /// The destination with the current settings, and with the identity that the event has in `planned`.
    /// - Returns: `planned` if the current routes have the same settings.
    func amended(_ planned: Destination, for event: AcceptedEvent) -> Destination

    /// Whether the event can be translated for a destination.
    func canTranslate(_ event: AcceptedEvent, for destination: Destination) -> Bool
}
