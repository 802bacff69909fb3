package import Events
import OfRecord

/// Which past events would be on two bills if they were sent to a provider now: another provider was of record for them, and the vendor bills
/// by receipt and is of record for the customer now, or is within the time that a request may wait.
package struct DoubleBilling: Sendable {
    private struct Rule {
        let migration: MigrationRule
        /// Of the migration's other provider, tenants' own included.
        let otherAccounts: Set<ProviderName>

        /// Whether the other vendor may have the event at all.
        func sharesBill(of event: AcceptedEvent) -> Bool {
            event.plan.route == migration.migration.route
                || event.plan.destinations.contains { $0.mode != .shadow && otherAccounts.contains($0.provider) }
        }
    }

    private let provider: ProviderName
    private let rules: [Rule]

    /// Finds the migrations by which an event could be billed by both vendors. Only an account whose vendor bills by time of receipt has
    /// any.
    package init(at account: ProviderConfiguration, by snapshot: RoutesSnapshot) {
        let name = account.owner?.provider ?? account.name
        let isByReceipt = account.traits.billing.clock == .receipt
        provider = name
        // An event of a customer who has moved by one route may come to both vendors by another: it would be billed anyway.
        rules = snapshot.routes.migrations.filter { isByReceipt && [$0.from, $0.to].contains(name) }.compactMap {
            guard let rule = MigrationRule($0, in: snapshot.routes, by: snapshot.logs[$0.name]), !rule.isUnused else {
                return nil
            }
            let other = $0.from == name ? $0.to : $0.from
            let accounts = snapshot.routes.providers.filter { ($0.owner?.provider ?? $0.name) == other }
            return Rule(migration: rule, otherAccounts: Set(accounts.map(\.name)))
        }
    }

    /// Whether there may be such events at all.
    package var isPossible: Bool { !rules.isEmpty }

    /// Whether an event may be one, by where it was sent: it is of a migration's route, or the other vendor got it, too.
    package func mayConcern(_ event: AcceptedEvent) -> Bool { rules.contains { $0.sharesBill(of: event) } }

    /// Whether an event is one.
    package func concerns(_ event: AcceptedEvent, sentAt now: Timestamp) -> Bool {
        let customer = CustomerID(event.customerID ?? event.subscriptionID ?? "")
        return rules.contains { rule in
            rule.sharesBill(of: event)
                && rule.migration.isBilledTwice(by: provider, customer, event.timestamp, sentAt: now)
        }
    }

    /// Why such an event is not sent, for people.
    package static func reason(_ vendor: String) -> String {
        """
        the customer has moved, and \(vendor) bills by receipt: an event of before, sent now, would be billed by both vendors; it stays with \
        the other one
        """
    }
}
