package import Events
package import Journal

/// What a delivery would be sent with if it were retried.
package struct RetryProspect: Sendable {
    /// With the settings that it has.
    package let canTranslatePlanned: Bool
    /// With those of today; nil if they are the same.
    package let today: Today?

    /// What the settings of today make of it.
    package struct Today: Sendable {
        package let destination: Destination
        package let canTranslate: Bool
    }

    /// - Parameter destinations: of the account; nil if they are not known here.
    /// - Returns: nil if the delivery has no destination that is known.
    package init?(_ archived: ArchivedDelivery, _ destinations: AccountDestinations?, _ amending: any DeliveryAmending)
    {
        let event = archived.event
        guard let planned = archived.delivery.amendments.last?.destination ?? destinations?.destination(for: event)
        else { return nil }
        canTranslatePlanned = amending.canTranslate(event, for: planned)
        let amended = amending.amended(planned, for: event)
        today =
            amended == planned
            ? nil
            : Today(destination: amended, canTranslate: amending.canTranslate(event, for: amended))
    }

    /// Whether the delivery could be translated after a retry.
    /// - Parameter isUntouched: whether certainly nothing has reached the vendor.
    package func canTranslate(isUntouched: Bool) -> Bool {
        isUntouched ? today?.canTranslate ?? canTranslatePlanned : canTranslatePlanned
    }
}
