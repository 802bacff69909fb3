package import Events

/// One delivery with its event.
package struct ArchivedDelivery: Sendable {
    package let cursor: DeliveryCursor
    package let event: AcceptedEvent
    package let delivery: Delivery

    package init(cursor: DeliveryCursor, event: AcceptedEvent, delivery: Delivery) {
        self.cursor = cursor
        self.event = event
        self.delivery = delivery
    }
}

/// A page of the deliveries that match a filter.
package struct DeliveryPage: Sendable {
    /// In journal order.
    package let deliveries: [ArchivedDelivery]
    /// Where the next page begins; nil if this is the last.
    package let next: DeliveryCursor?

    package init(deliveries: [ArchivedDelivery], next: DeliveryCursor?) {
        self.deliveries = deliveries
        self.next = next
    }
}

/// A position in the list of deliveries, which is in journal order, then by provider.
package struct DeliveryCursor: Sendable, Equatable {
    package let sequence: SequenceNumber
    package let provider: ProviderName

    package init(sequence: SequenceNumber, provider: ProviderName) {
        self.sequence = sequence
        self.provider = provider
    }
}

/// Which deliveries to select; conditions that are nil or empty do not restrict, all others must hold.
package struct DeliveryFilter: Sendable, Equatable {
    package var tenant: TenantID?
    /// Deliveries at one of these providers.
    package var providers: [ProviderName]
    package var statuses: Set<DeliveryStatus>
    /// Deliveries of these events, in whatever scope.
    package var eventIDs: [EventID]
    /// Deliveries of events with one of these names.
    package var names: [String]
    /// Deliveries of events of one of these customers.
    package var customerIDs: [String]
    /// Only deliveries that the vendor already had at the first attempt, including those that succeeded at once.
    package var duplicateAtVendor: Bool
    /// Deliveries whose last fault has one of these codes.
    package var errorCodes: Set<DeliveryErrorCode>
    /// Deliveries of events accepted at or after this time.
    package var acceptedFrom: Timestamp?
    /// Deliveries of events accepted before this time.
    package var acceptedBefore: Timestamp?

    package init(
        tenant: TenantID? = nil,
        providers: [ProviderName] = [],
        statuses: Set<DeliveryStatus> = [],
        eventIDs: [EventID] = [],
        names: [String] = [],
        customerIDs: [String] = [],
        duplicateAtVendor: Bool = false,
        errorCodes: Set<DeliveryErrorCode> = [],
        acceptedFrom: Timestamp? = nil,
        acceptedBefore: Timestamp? = nil
    ) {
        self.tenant = tenant
        self.providers = providers
        self.statuses = statuses
        self.eventIDs = eventIDs
        self.names = names
        self.customerIDs = customerIDs
        self.duplicateAtVendor = duplicateAtVendor
        self.errorCodes = errorCodes
        self.acceptedFrom = acceptedFrom
        self.acceptedBefore = acceptedBefore
    }

    /// Whether a delivery of an event matches.
    package func takes(_ event: AcceptedEvent, _ delivery: Delivery) -> Bool {
        (tenant.map { $0 == event.tenant } ?? true)
            && (providers.isEmpty || providers.contains(delivery.provider))
            && (statuses.isEmpty || statuses.contains(delivery.status))
            && (eventIDs.isEmpty || eventIDs.contains(event.id))
            && (names.isEmpty || names.contains { $0.utf8.elementsEqual(event.name.utf8) })
            && (customerIDs.isEmpty
                || event.customerID.map { own in customerIDs.contains { $0.utf8.elementsEqual(own.utf8) } } ?? false)
            && (!duplicateAtVendor || delivery.history.first?.deduplicated ?? false)
            && (errorCodes.isEmpty || delivery.fault.map { errorCodes.contains($0.code) } ?? false)
            && (acceptedFrom.map { event.acceptedAt >= $0 } ?? true)
            && (acceptedBefore.map { event.acceptedAt < $0 } ?? true)
    }

    /// The conditions for people, without the tenant: `provider lago, status rejected or uncertain`; `all` if there are none.
    package var summary: String {
        func list(_ name: String, _ values: [String]) -> String? {
            guard let first = values.first else { return nil }
            return values.count > 5
                ? "\(name) \(first) and \(values.count - 1) more" : "\(name) " + values.joined(separator: " or ")
        }
        let parts = [
            list("provider", providers.map(\.rawValue)), list("status", statuses.map(\.rawValue).sorted()),
            list("id", eventIDs.map(\.rawValue)), list("name", names), list("customer", customerIDs),
            duplicateAtVendor ? "duplicate at the vendor" : nil,
            list("error", errorCodes.map(\.rawValue).sorted()), acceptedFrom.map { "accepted from \($0.rfc3339)" },
            acceptedBefore.map { "accepted before \($0.rfc3339)" },
        ].compactMap(\.self)
        return parts.isEmpty ? "all" : parts.joined(separator: ", ")
    }
}
