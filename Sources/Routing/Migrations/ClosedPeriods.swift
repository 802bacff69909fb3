package import Events
import OfRecord

/// Which events a provider got too late for the period that they belong to: its vendor bills by receipt, and the customer had moved away.
package struct ClosedPeriods: Sendable {
    private let provider: ProviderName
    private let migrations: [MigrationConfiguration]
    private let snapshot: RoutesSnapshot

    /// - Returns: nil if the vendor bills by the events' own times, or nobody moves to or from the provider.
    package init?(of provider: ProviderConfiguration, in snapshot: RoutesSnapshot) {
        guard provider.traits.billing.clock == .receipt else { return nil }
        let name = provider.owner?.provider ?? provider.name
        migrations = snapshot.routes.migrations.filter { [$0.from, $0.to].contains(name) }
        guard !migrations.isEmpty else { return nil }
        self.provider = name
        self.snapshot = snapshot
    }

    /// Whether the provider was of record for the event's own time, and no more when it got the event.
    package func contains(_ event: AcceptedEvent, receivedAt: Timestamp) -> Bool {
        guard let migration = migrations.first(where: { $0.route == event.plan.route }) else { return false }
        let customer = CustomerID(event.customerID ?? event.subscriptionID ?? "")
        let log = snapshot.logs[migration.name]
        func isOfRecord(at time: Timestamp) -> Bool {
            migration.providerOfRecord(for: customer, at: time, acceptedAt: event.acceptedAt, by: log) == provider
        }
        return receivedAt > event.timestamp && isOfRecord(at: event.timestamp) && !isOfRecord(at: receivedAt)
    }
}
