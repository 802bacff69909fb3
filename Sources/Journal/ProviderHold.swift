package import Events

/// Why and until when a provider is not called.
package struct ProviderHold: Sendable, Equatable {
    package let until: Timestamp
    /// What the vendor said.
    package let fault: DeliveryFault
    /// Whether the credential or the account is refused; otherwise the vendor asked for a delay.
    package let isParked: Bool

    package init(until: Timestamp, fault: DeliveryFault, isParked: Bool) {
        self.until = until
        self.fault = fault
        self.isParked = isParked
    }
}

/// An operator's decision that a provider is not called for a while: neither the vendor's wait nor parking.
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
