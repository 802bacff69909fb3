import Events
import JSON
import Vendors

/// Which events a list or the names are about: Polar's filters, as far as the journal answers them.
struct PolarSelection: Sendable {
    var names: [String] = []
    var organizations: [String] = []
    var customers: [String] = []
    var externalCustomers: [String] = []
    var sources: [String] = []
    var metadata: [(key: String, values: [String])] = []
    var meterFilter: PolarMeterFilter?
    /// Text that is in the name or in the metadata.
    var query: String?
    /// Whether only events without a parent are meant.
    var isRootsOnly = false
    /// The ids by which children name a parent; nil if any event will do.
    var parents: Set<ExactText>?
    var start: Timestamp?
    var end: Timestamp?

    var filter: EventFilter {
        var filter = EventFilter(names: names)
        // Both kinds of customer together are alternatives, which no index answers.
        if customers.isEmpty { filter.customerIDs = externalCustomers }
        // Neither end belongs to the range.
        filter.from = start.map { $0 + .milliseconds(1) }
        filter.before = end
        if needsLook {
            let selection = self
            filter.condition = { selection.takes($0) }
        }
        return filter
    }

    private var needsLook: Bool {
        !organizations.isEmpty || !customers.isEmpty || !externalCustomers.isEmpty || !sources.isEmpty
            || !metadata.isEmpty || meterFilter != nil || query != nil || isRootsOnly || parents != nil
    }

    /// The conditions that no index of the journal answers. All events of the facade have the source `user`.
    private func takes(_ event: AcceptedEvent) -> Bool {
        guard sources.isEmpty || sources.contains("user") else { return false }
        let own = VendorObject.fields(for: PolarFacade.name, in: event.vendor)
        let parent = own?["parent_external_id"]?.string ?? own?["parent_id"]?.string
        return takesOwner(event, own) && takesParent(parent) && takesMetadata(event)
    }

    /// Whether organization and customers match.
    private func takesOwner(_ event: AcceptedEvent, _ own: JSONValue?) -> Bool {
        let organization = own?["organization_id"]?.string ?? PolarEventWriter.organization
        guard organizations.isEmpty || organizations.contains(organization) else { return false }
        if customers.isEmpty, externalCustomers.isEmpty { return true }
        if let customer = own?["customer_id"]?.string { return customers.contains(customer) }
        guard let customer = event.customerID, !externalCustomers.isEmpty else { return false }
        return EventFilter.takes(customer, externalCustomers)
    }

    /// Whether the event's parent matches; UUIDs match in any letter case.
    private func takesParent(_ parent: String?) -> Bool {
        if isRootsOnly { return parent == nil }
        guard let parents else { return true }
        return parent.map { parents.contains($0.exact) || parents.contains($0.lowercased().exact) } ?? false
    }

    /// Whether metadata, meter filter and free-text query match.
    private func takesMetadata(_ event: AcceptedEvent) -> Bool {
        guard !metadata.isEmpty || meterFilter != nil || query != nil else { return true }
        let shown = PolarMetadata(event)
        // Only text has the value of a parameter; what is missing is an empty text.
        let hasMetadata = metadata.allSatisfy { key, values in
            guard let value = shown.value(at: key) else { return values.contains("") }
            return value.string.map { EventFilter.takes($0, values) } ?? false
        }
        guard hasMetadata else { return false }
        if let query {
            let wanted = query.lowercased()
            guard [event.name, "user", shown.text].contains(where: { $0.lowercased().contains(wanted) }) else {
                return false
            }
        }
        return meterFilter?.takes(event, shown) ?? true
    }
}
