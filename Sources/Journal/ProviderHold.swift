package import Events

/// Why and until when a provider is not called.
package struct ProviderHold: Sendable, Equatable {
    package let until: Timestamp
    /// The vendor's response, as a fault.
    package let fault: DeliveryFault
    /// Whether the credential or the account is refused; otherwise the vendor asked for a delay.
    package let isParked: Bool

    package init(until: Timestamp, fault: DeliveryFault, isParked: Bool) {
        self.until = until
        self.fault = fault
        self.isParked = isParked
    }
}

/// An operator's decision not to call a provider for a while. Independent of the vendor's own delay and of parking.
package struct OperatorHold: Sendable, Equatable {
    package let until: Timestamp
    package let by: ClientName
    package let at: Timestamp

    package init(until: Timestamp, by client: ClientName, at moment: Timestamp) {
        self.until = until
        self.by = client
        self.at = moment
    }
}
