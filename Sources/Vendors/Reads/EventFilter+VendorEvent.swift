import Events

extension EventFilter {
    /// Whether a vendor's event is one of those asked for. What the vendor does not show is not examined.
    func takes(_ event: VendorEvent) -> Bool {
        (ids.isEmpty || event.id.map { id in ids.contains(EventID(id)) } ?? false)
            && Self.takes(event.name, names) && Self.takes(event.customerID, customerIDs)
            && Self.takes(event.subscriptionID, subscriptionIDs) && Self.takes(event.source, sources)
            && (from.map { $0 <= event.timestamp } ?? true) && (before.map { event.timestamp < $0 } ?? true)
    }
}
