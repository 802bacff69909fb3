package import Events
package import Journal

/// Puts pages of several sources together in journal order.
package struct DeliveryMerge {
    /// Of accounts, by which the deliveries of one event are ordered.
    private let numbers: [ProviderName: Int64]
    private var found: [ArchivedDelivery]
    /// What lies after it is in a later page of one of the sources.
    private var end: DeliveryCursor?

    package init(numbers: [ProviderName: Int64], _ page: DeliveryPage) {
        self.numbers = numbers
        found = page.deliveries
        end = page.next
    }

    /// Adds a page of another source.
    package mutating func add(_ page: DeliveryPage) {
        found += page.deliveries
        guard let next = page.next else { return }
        if let end, !isBefore(next, end) { return }
        end = next
    }

    /// What all sources have up to the same place.
    /// - Parameter limit: maximum number of deliveries.
    package func page(limit: Int) -> DeliveryPage {
        var deliveries = found
        if let end { deliveries.removeAll { isBefore(end, $0.cursor) } }
        deliveries.sort { isBefore($0.cursor, $1.cursor) }
        guard deliveries.count > limit else { return DeliveryPage(deliveries: deliveries, next: end) }
        deliveries.removeLast(deliveries.count - limit)
        return DeliveryPage(deliveries: deliveries, next: deliveries.last?.cursor)
    }

    private func isBefore(_ left: DeliveryCursor, _ right: DeliveryCursor) -> Bool {
        (left.sequence.rawValue, numbers[left.provider] ?? 0)
            < (right.sequence.rawValue, numbers[right.provider] ?? 0)
    }
}
