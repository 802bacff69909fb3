package import Events
package import Journal

/// Counts the deliveries that have an outcome other than immediate success, by provider, status, error code and name.
///
/// The journal keeps no counts by name, which every settlement, retry and removal would have to change; so the deliveries are read, for
/// ``patience`` at most. A count that is not finished then tells where it continues.
package struct DeliveryGrouping: Sendable {
    /// How long a count continues before it says how far it came.
    package static let patience = Duration.seconds(10)
    /// Deliveries that are read at once.
    private static let page = 1000

    private let archive: any EventArchive
    private let patience: Duration

    /// - Parameter patience: shorter in tests.
    package init(_ archive: any EventArchive, patience: Duration = Self.patience) {
        self.archive = archive
        self.patience = patience
    }

    /// Counts the deliveries that a filter takes.
    /// - Parameters:
    ///   - providers: their deliveries that were never tried count too, if the filter takes the status `pending`.
    ///   - after: where an earlier count stopped; nil to begin.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many searches wait.
    package func groups(
        matching filter: DeliveryFilter,
        untriedAt providers: [ProviderName] = [],
        after: DeliveryCursor? = nil
    ) async throws(StoreError) -> DeliveryGroups {
        let start = ContinuousClock.now
        var tally = DeliveryTally()
        var cursor = after
        repeat {
            let page = try await BusyStore.retrying(unless: cursor == after) { () async throws(StoreError) in
                try await archive.deliveries(
                    matching: filter,
                    untriedAt: providers,
                    after: cursor,
                    limit: Self.page
                )
            }
            for delivery in page.deliveries { tally.add(delivery) }
            cursor = page.next
        } while cursor != nil && start.duration(to: .now) < patience && !Task.isCancelled
        return tally.result(continuingAt: cursor)
    }
}
