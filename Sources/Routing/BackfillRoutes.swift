import Access
import ConfigurationFile
package import Events
package import OfRecord

/// What the routes send to one provider account, frozen when a backfill begins: it says which events the account gets, and how.
///
/// A pure function of the event, so that every start of the gateway comes to the same set of events.
package struct BackfillRoutes: Sendable, Equatable {
    /// A route, by what it does for the account.
    struct Rule: Sendable, Equatable {
        let match: RouteMatch
        /// Where its events go at the account, each at other times; empty if it does not send there.
        let destinations: [RoutedDestination]
    }

    /// Whose events go to the account.
    enum Tenants: Sendable, Equatable {
        /// Those of all tenants but these, which have accounts of their own.
        case all(but: Set<TenantID>)
        /// Of one tenant, whose own account it is.
        case only(TenantID)
    }

    /// A return of customers that is to be followed by a backfill: an entry of a migration's log.
    package struct Return: Sendable, Hashable {
        package let migration: MigrationName
        /// Of the entry.
        package let number: Int

        package init(migration: MigrationName, number: Int) {
            self.migration = migration
            self.number = number
        }
    }

    /// The account.
    package let account: ProviderName
    let rules: [Rule]
    let tenants: Tenants
    /// Whether the tenant is in front of each id, because tenants share the account.
    let prefixesTenant: Bool
    /// From when on each customer's events are sent; nil: all.
    private(set) var starts: BackfillStarts?
    /// The return for which they were frozen; nil if somebody ordered the backfill itself.
    package private(set) var returned: Return?

    /// Customers of whom nothing is sent although others have a start.
    package var leftOutCustomers: Int { starts?.leftOut ?? 0 }

    init(
        account: ProviderName,
        rules: [Rule],
        tenants: Tenants,
        prefixesTenant: Bool,
        starts: BackfillStarts? = nil,
        returned: Return? = nil
    ) {
        self.starts = starts
        self.returned = returned
        self.account = account
        self.rules = rules
        self.tenants = tenants
        self.prefixesTenant = prefixesTenant
    }

    /// Freezes what the routes send to an account.
    /// - Parameter withShadow: whether destinations in mode `shadow` are taken for live ones.
    /// - Returns: nil if no route delivers to it.
    package init?(of account: ProviderConfiguration, in routes: Routes, withShadow: Bool = false) {
        let provider = account.owner?.provider ?? account.name
        let rules = routes.routes.map { route in
            let there = route.destinations.filter {
                $0.destination.provider == provider && (withShadow || $0.destination.mode != .shadow)
            }
            // Nobody waits for what happens to a backfill's deliveries.
            let destinations = there.map { routed in
                RoutedDestination(
                    destination: routed.destination.moved(to: account.name, mode: .mirror),
                    share: routed.share,
                    window: routed.window
                )
            }
            return Rule(match: route.match, destinations: destinations)
        }
        guard rules.contains(where: { !$0.destinations.isEmpty }) else { return nil }
        let owners = routes.providers.compactMap(\.owner).filter { $0.provider == provider }.map(\.tenant)
        self.init(
            account: account.name,
            rules: rules,
            tenants: account.owner.map { .only($0.tenant) } ?? .all(but: Set(owners)),
            prefixesTenant: routes.isShared(account.name)
        )
    }

    /// These routes for some customers alone.
    /// - Parameters:
    ///   - starts: from when on the events of each are sent, by the customer's id, or the subscription's where events have no other.
    ///   - returned: the return that left the account without them.
    package func limited(to starts: [CustomerID: Timestamp], after returned: Return) -> BackfillRoutes {
        var limited = self.limited(to: BackfillStarts(customers: starts))
        limited.returned = returned
        return limited
    }

    /// These routes for events from a time on, which is each customer's own.
    package func limited(to starts: BackfillStarts) -> BackfillRoutes {
        var limited = self
        limited.starts = starts
        return limited
    }

    /// Where the routes send an event at the account; nil if they do not.
    package func destination(of event: AcceptedEvent) -> Destination? {
        if let starts, !starts.takes(event) { return nil }
        switch tenants {
        case .all(let others): if others.contains(event.tenant) { return nil }
        case .only(let tenant): if tenant != event.tenant { return nil }
        }
        let rule = rules.first {
            $0.match.matches(name: event.name, customerID: event.customerID, client: event.client)
        }
        guard let rule, !rule.destinations.isEmpty else { return nil }
        let routed = rule.destinations.first {
            $0.takes(
                customerAt: CustomerShare.point(of: event.customerID ?? event.subscriptionID ?? ""),
                at: event.timestamp,
                acceptedAt: event.acceptedAt
            )
        }
        guard let routed else { return nil }
        return prefixesTenant ? routed.destination.prefixed(by: event.tenant) : routed.destination
    }
}
