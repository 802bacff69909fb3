package import Events
package import Journal
import JournalFormat

/// Deliveries that were never tried, at providers to which nobody delivers any more.
extension SQLiteEventStore {
    package func deliveries(
        matching filter: DeliveryFilter,
        untriedAt providers: [ProviderName],
        after: DeliveryCursor?,
        limit: Int
    ) async throws(StoreError) -> DeliveryPage {
        let rows = try await deliveries(matching: filter, after: after, limit: limit)
        let untriedAt = providers.filter { filter.takesUntried(at: $0) }
        guard !untriedAt.isEmpty else { return rows }
        var merge = DeliveryMerge(numbers: parts.names.current.providerNumbers, rows)
        for provider in untriedAt {
            merge.add(try await untried(at: provider, matching: filter, after: after, limit: limit))
        }
        return merge.page(limit: limit)
    }

    /// How long a page may be looked for.
    private static let pageTime = Duration.seconds(2)

    /// A page of what was never tried at one provider.
    func untried(
        at provider: ProviderName,
        matching filter: DeliveryFilter,
        after: DeliveryCursor?,
        limit: Int
    ) async throws(StoreError) -> DeliveryPage {
        let names = parts.names.current
        guard let number = names.providerNumbers[provider],
            var position = parts.ledger.withProgress(of: provider, \.cursor)
        else { return DeliveryPage(deliveries: [], next: nil) }
        if let after {
            let isBefore = (names.providerNumbers[after.provider] ?? 0) < number
            position = max(position, after.sequence.rawValue - (isBefore ? 1 : 0))
        }
        let (reader, newest, end) = (parts.reader, parts.newest.value, ContinuousClock.now + Self.pageTime)
        let blockLimit = BlockLimit(events: 1024, bytes: 4 << 20)
        var found: [ArchivedDelivery] = []
        var bytes = 0
        while position < newest {
            let start = position
            let stretch = try await readPoint { db in
                try reader.stretch(after: start, through: newest, for: number, limit: blockLimit, in: db)
            }
            for delivery in untried(in: stretch, after: start, at: provider)
            where filter.takes(delivery.event, delivery.delivery) {
                found.append(delivery)
                bytes += delivery.event.approximateBytes
                if found.count >= limit || bytes >= parts.settings.pageBytes {
                    return DeliveryPage(deliveries: found, next: delivery.cursor)
                }
            }
            guard stretch.end > position else { break }
            position = stretch.end
            if ContinuousClock.now > end, position < newest {
                let cursor = DeliveryCursor(sequence: SequenceNumber(position), provider: provider)
                return DeliveryPage(deliveries: found, next: cursor)
            }
        }
        return DeliveryPage(deliveries: found, next: nil)
    }

    private func untried(in stretch: Stretch, after start: Int64, at provider: ProviderName) -> [ArchivedDelivery] {
        parts.ledger.withProgress(of: provider) { progress in
            var found: [ArchivedDelivery] = []
            for chunk in stretch.chunks {
                for (offset, event) in chunk.events.enumerated() {
                    let sequence = chunk.first.advanced(by: offset)
                    guard sequence.rawValue > start, let destination = event.plan.destination(at: provider),
                        progress.isUntried(sequence.rawValue)
                    else { continue }
                    found.append(
                        ArchivedDelivery(
                            cursor: DeliveryCursor(sequence: sequence, provider: provider),
                            event: event,
                            delivery: .pending(destination)
                        )
                    )
                }
            }
            return found
        } ?? []
    }
}

extension DeliveryFilter {
    /// Whether it can take a delivery to this provider that was never tried.
    func takesUntried(at provider: ProviderName) -> Bool {
        (statuses.isEmpty || statuses.contains(.pending)) && (providers.isEmpty || providers.contains(provider))
    }
}
