package import Events
package import Journal

/// A tenant's events, with the status of their deliveries.
package struct EventsCSV: CSVList {
    package static let titles = [
        "id", "name", "customer_id", "subscription_id", "timestamp", "source", "accepted_at", "client", "route",
        "properties", "vendor", "deliveries",
    ]

    private static let page = 1000

    private let archive: any EventArchive
    private let filter: EventFilter
    private let order: EventSearch.Order
    private let tenant: TenantID

    package init(_ archive: any EventArchive, _ filter: EventFilter, _ order: EventSearch.Order, of tenant: TenantID) {
        self.archive = archive
        self.filter = filter
        self.order = order
        self.tenant = tenant
    }

    package func page(after cursor: EventCursor?) async throws(StoreError) -> CSVPage<EventCursor> {
        let search = EventSearch(filter, order: order, after: cursor, limit: Self.page)
        let page = try await BusyStore.retrying(unless: cursor == nil) { () async throws(StoreError) in
            try await archive.search(search, of: tenant)
        }
        return CSVPage(rows: page.events.map(Self.row), next: page.next)
    }

    private static func row(_ archived: ArchivedEvent) -> [String] {
        let event = archived.event
        let deliveries = archived.deliveries.map { "\($0.provider): \($0.status.rawValue)" }
        return [
            event.id.rawValue, event.name, event.customerID ?? "", event.subscriptionID ?? "",
            event.timestamp.rfc3339, event.source ?? "", event.acceptedAt.rfc3339, event.client.rawValue,
            event.plan.route?.rawValue ?? "", event.properties.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "",
            event.vendor.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "",
            deliveries.joined(separator: "; "),
        ]
    }
}
