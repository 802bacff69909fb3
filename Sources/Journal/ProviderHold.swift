package import Events

/// Why a provider is not called, and until when.
package struct ProviderHold: Sendable, Equatable {
    package let until: Timestamp
    /// What the vendor said.
    package let fault: DeliveryFault
    /// Whether the credential or the account is the trouble; else it is a wait that the vendor asked for.
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
