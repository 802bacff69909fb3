import Events
import Parity
import Routing

/// Which of the events that a provider should have may be sent there again now.
struct ResendFilter {
    private let billing: DoubleBilling
    private let now: Timestamp
    /// Why others may not, for people.
    let reason: String

    init(_ provider: ProviderConfiguration, by routes: RoutesSnapshot, at now: Timestamp) {
        billing = DoubleBilling(at: provider, by: routes)
        self.now = now
        reason = DoubleBilling.reason(provider.traits.vendor)
    }

    /// Whether the event of a finding may be.
    func takes(_ finding: Finding) -> Bool {
        takes(finding.customerID, finding.subscriptionID, at: finding.timestamp)
    }

    /// Whether an event may be.
    func takes(_ event: AcceptedEvent) -> Bool { takes(event.customerID, event.subscriptionID, at: event.timestamp) }

    private func takes(_ customerID: String?, _ subscriptionID: String?, at time: Timestamp) -> Bool {
        !billing.concerns(customerID: customerID, subscriptionID: subscriptionID, at: time, sentAt: now)
    }
}
