package import Events
package import Journal
import JournalFormat
import Synchronization

/// Deliveries that were never tried, at providers to which nobody delivers any more.
extension PostgresEventStore {
    package func deliveries(
        matching filter: DeliveryFilter,
        untriedAt providers: [ProviderName],
        after: DeliveryCursor?,
        limit: Int
    ) async throws(StoreError) -> DeliveryPage {
        let rows = try await deliveries(matching: filter, after: after, limit: limit)
        let untriedAt = providers.filter { filter.takesUntried(at: $0) }
        guard !untriedAt.isEmpty else { return rows }
        for provider in untriedAt { _ = try await knownAccount(of: provider) }
        let accounts = parts.names.current.accountNumbers
        var merge = DeliveryMerge(numbers: accounts.mapValues { Int64($0) }, rows)
        for provider in untriedAt {
            merge.add(try await untriedPage(at: provider, matching: filter, after: after, accounts, limit: limit))
        }
        return merge.page(limit: limit)
    }

    private func untriedPage(
        at provider: ProviderName,
        matching filter: DeliveryFilter,
        after: DeliveryCursor?,
        _ accounts: [ProviderName: Int32],
        limit: Int
    ) async throws(StoreError) -> DeliveryPage {
        guard let account = accounts[provider] else { return DeliveryPage(deliveries: [], next: nil) }
        // What this node has claimed is on its way; of other nodes, only they know it.
        let own = ledger.desk.work(for: account)?.progress.withLock { $0 }
        var start: Int64 = 0
        if let after {
            let isBefore = (accounts[after.provider] ?? 0) < account
            start = after.sequence.rawValue - (isBefore ? 1 : 0)
        }
        let found = try await untried(at: provider, after: start, limit: limit) { untried in
            own?.isUntried(untried.sequence) ?? true && filter.takes(untried.event, .pending(untried.destination))
        }
        let deliveries = found.map { untried in
            ArchivedDelivery(
                cursor: DeliveryCursor(sequence: SequenceNumber(untried.sequence), provider: provider),
                event: untried.event,
                delivery: .pending(untried.destination)
            )
        }
        return DeliveryPage(deliveries: deliveries, next: found.count < limit ? nil : deliveries.last?.cursor)
    }
}

extension DeliveryFilter {
    /// Whether it can take a delivery to this provider that was never tried.
    func takesUntried(at provider: ProviderName) -> Bool {
        (statuses.isEmpty || statuses.contains(.pending)) && (providers.isEmpty || providers.contains(provider))
    }
}
