import Events
import Routing

/// Which of the events that a provider should have may be sent there again now.
struct ResendFilter {
    private let billing: DoubleBilling
    private let now: Timestamp
    /// Why the other events must not be sent again, for people.
    let reason: String

    init(_ provider: ProviderConfiguration, by routes: RoutesSnapshot, at now: Timestamp) {
        billing = DoubleBilling(at: provider, by: routes)
        self.now = now
        reason = DoubleBilling.reason(provider.traits.vendor)
    }

    /// Whether an event may be.
    func takes(_ event: AcceptedEvent) -> Bool { !billing.concerns(event, sentAt: now) }
}
