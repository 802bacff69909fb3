package import Events
package import Journal

/// Deliveries that did not succeed at once, with their last fault.
package struct DeliveriesCSV: CSVList {
    package static let titles = [
        "event_id", "name", "customer_id", "accepted_at", "provider", "adapter", "mode", "backfill", "status",
        "attempts", "deduplicated", "http_status", "latency_ms", "next_attempt_at", "error_code", "error_message",
        "vendor_message",
    ]

    private static let page = 1000

    private let archive: any EventArchive
    private let filter: DeliveryFilter
    private let untriedAt: [ProviderName]

    /// - Parameter providers: whose deliveries that were never tried are listed too, if the filter takes the status `pending`.
    package init(_ archive: any EventArchive, _ filter: DeliveryFilter, untriedAt providers: [ProviderName] = []) {
        self.archive = archive
        self.filter = filter
        untriedAt = providers
    }

    package func page(after cursor: DeliveryCursor?) async throws(StoreError) -> CSVPage<DeliveryCursor> {
        let page = try await BusyStore.retrying(unless: cursor == nil) { () async throws(StoreError) in
            try await archive.deliveries(matching: filter, untriedAt: untriedAt, after: cursor, limit: Self.page)
        }
        return CSVPage(rows: page.deliveries.map(Self.row), next: page.next)
    }

    private static func row(_ archived: ArchivedDelivery) -> [String] {
        let (event, delivery) = (archived.event, archived.delivery)
        return [
            event.id.rawValue, event.name, event.customerID ?? "", event.acceptedAt.rfc3339,
            delivery.provider.rawValue, delivery.adapter.rawValue, delivery.mode.rawValue,
            delivery.lane.map { "\($0.rawValue)" } ?? "", delivery.status.rawValue, "\(delivery.attempts)",
            "\(delivery.deduplicated)", delivery.httpStatus.map { "\($0)" } ?? "",
            delivery.latency.map { "\($0.wholeMilliseconds)" } ?? "", delivery.nextAttemptAt?.rfc3339 ?? "",
            delivery.fault?.code.rawValue ?? "", delivery.fault?.message ?? "", delivery.fault?.vendor ?? "",
        ]
    }
}
