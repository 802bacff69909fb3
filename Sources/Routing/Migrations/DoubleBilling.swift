package import Events
import OfRecord

/// Which past events would be on two bills if they were sent to a provider now: another provider was of record for them, and the vendor bills
/// by receipt and is of record for the customer now, or is within the time that a request may wait.
package struct DoubleBilling: Sendable {
    private let provider: ProviderName
    private let rules: [MigrationRule]

    package init(at account: ProviderConfiguration, by snapshot: RoutesSnapshot) {
        let name = account.owner?.provider ?? account.name
        let isByReceipt = account.traits.billing == .receipt
        provider = name
        // An event of a customer who has moved by one route may come by another: it would be billed all the same.
        rules = snapshot.routes.migrations.filter { isByReceipt && [$0.from, $0.to].contains(name) }.compactMap {
            MigrationRule($0, in: snapshot.routes, by: snapshot.logs[$0.name])
        }.filter { !$0.isUnused }
    }

    /// Whether there may be such events at all.
    package var isPossible: Bool { !rules.isEmpty }

    /// Whether an event would be.
    /// - Parameter time: the event's own.
    package func concerns(customerID: String?, subscriptionID: String?, at time: Timestamp, sentAt now: Timestamp)
        -> Bool
    {
        let customer = CustomerID(customerID ?? subscriptionID ?? "")
        return rules.contains { $0.isBilledTwice(by: provider, customer, time, sentAt: now) }
    }

    /// Why such an event is not sent, for people.
    package static func reason(_ vendor: String) -> String {
        """
        the customer has moved, and \(vendor) bills by receipt: an event of before, sent now, would be billed by both vendors; it stays with \
        the other one
        """
    }
}
