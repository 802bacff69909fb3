package import Events
package import Journal

/// Tells where the events of an account go.
package enum AccountDestinations: Sendable {
    /// By their plans.
    case plans(ProviderName)
    case lane(any LaneMembership)

    /// Where an event goes; nil if it is not for the account.
    package func destination(for event: AcceptedEvent) -> Destination? {
        switch self {
        case .plans(let provider): event.plan.destination(at: provider)
        case .lane(let membership): membership.destination(for: event)
        }
    }
}
