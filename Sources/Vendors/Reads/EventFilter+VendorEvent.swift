import Events

extension EventFilter {
    /// Whether a vendor's event is one of those asked for. What the vendor does not show is not examined.
    func takes(_ event: VendorEvent) -> Bool {
        (ids.isEmpty || event.id.map { id in ids.contains(EventID(id)) } ?? false)
            && (names.isEmpty || names.contains(event.name))
            && (customerIDs.isEmpty || event.customerID.map { customerIDs.contains($0) } ?? false)
            && (subscriptionIDs.isEmpty || event.subscriptionID.map { subscriptionIDs.contains($0) } ?? false)
            && (sources.isEmpty || event.source.map { sources.contains($0) } ?? false)
            && (from.map { $0 <= event.timestamp } ?? true) && (before.map { event.timestamp < $0 } ?? true)
    }
}
