import Access
import ConfigurationFile
package import Events
package import OfRecord
import Synchronization

/// Finds an event's plan. Built once per snapshot of the routes.
///
/// Plans are shared: events with the same route and destinations get the same object, which the journal stores once.
package final class RoutingTable: Sendable {
    /// A plan is identified by its route and by the destinations that take part.
    private struct PlanKey: Hashable {
        let route: Int
        let members: UInt64
        /// How the provider that a migration moves customers to gets the event; nil without a migration.
        let new: DeliveryMode?
        /// The tenant, if its plans differ from others'.
        let tenant: TenantID?
    }

    /// What an event is routed by, where no share, no time and no customer pattern asks for more.
    private struct NameKey: Hashable {
        let name: EventName
        let client: ClientName
    }

    /// A route, with its migration.
    private struct Entry {
        let route: Route
        /// Of the route, and the one that is `off` until a migration has it delivered.
        let destinations: [RoutedDestination]
        /// Nil without a migration that decides who gets an event.
        let rule: MigrationRule?

        /// Whether the migration has an event sent to a provider; it says nothing of others than its two.
        func isSent(to provider: ProviderName, _ recipients: MigrationRule.Recipients?) -> Bool {
            guard let rule, let recipients else { return true }
            if provider == rule.migration.from { return recipients.old }
            return provider != rule.migration.to || recipients.new != .off
        }
    }

    private let routes: [Entry]
    /// The tenants with plans of their own: they have their own accounts, or share one with another tenant.
    private let tenants: [ClientName: TenantID]
    /// The accounts into which several tenants send.
    private let shared: Set<ProviderName>
    private let accounts: [TenantID: [ProviderName: ProviderName]]
    /// Whether routes look at the customer or the time at all; if not, name and client decide.
    let looksAtEachEvent: Bool
    private let plans = Mutex<[PlanKey: Plan]>([:])
    private let plansByName = Mutex<[NameKey: Plan]>([:])

    /// Maximum cached names: an application with ever new names must not fill the memory.
    private static let mostNames = 10_000

    /// - Parameter logs: of the migrations.
    package init(_ routes: Routes, logs: MigrationLogs = .none) {
        self.routes = routes.routes.map { Self.entry($0, of: routes, logs) }
        precondition(
            self.routes.allSatisfy { $0.destinations.count <= RoutesFields.mostDestinations },
            "the reader refuses a route with more destinations than a plan's key has bits"
        )
        var accounts: [TenantID: [ProviderName: ProviderName]] = [:]
        for account in routes.providers {
            if let owner = account.owner { accounts[owner.tenant, default: [:]][owner.provider] = account.name }
        }
        self.accounts = accounts
        let shared = Set(routes.providers.map(\.name).filter(routes.isShared))
        self.shared = shared
        var tenants: [ClientName: TenantID] = [:]
        for client in routes.clients where accounts[client.tenant] != nil || !shared.isEmpty {
            tenants[client.name] = client.tenant
        }
        self.tenants = tenants
        looksAtEachEvent = self.routes.contains { entry in
            !entry.route.match.customers.isEmpty || entry.rule != nil
                || entry.destinations.contains { $0.share < 100 || $0.window != .always }
        }
    }

    private static func entry(_ route: Route, of routes: Routes, _ logs: MigrationLogs) -> Entry {
        guard let migration = routes.migration(of: route.name),
            let rule = MigrationRule(migration, in: routes, by: logs[migration.name])
        else { return Entry(route: route, destinations: route.destinations, rule: nil) }
        return Entry(route: route, destinations: routes.possibleDestinations(of: route), rule: rule)
    }

    /// The plan of an event: the first route that matches, with the destinations whose share the customer belongs to and whose time
    /// the event's is, and of a migration's two providers those that its rule names.
    /// - Parameters:
    ///   - time: the event's timestamp.
    ///   - now: when the event is accepted.
    /// - Returns: nil if no route takes the event.
    package func plan(
        for name: String,
        customerID: String?,
        subscriptionID: String?,
        at time: Timestamp,
        acceptedAt now: Timestamp,
        client: ClientName
    ) -> Plan? {
        let customer = customerID ?? subscriptionID ?? ""
        if looksAtEachEvent { return find(name, customerID, customer, (time, now), client) }
        let key = NameKey(name: EventName(name), client: client)
        if let plan = plansByName.withLock({ $0[key] }) { return plan }
        guard let plan = find(name, customerID, customer, (time, now), client) else { return nil }
        plansByName.withLock { if $0.count < Self.mostNames { $0[key] = plan } }
        return plan
    }

    private func find(
        _ name: String,
        _ customerID: String?,
        _ customer: String,
        _ times: (event: Timestamp, acceptance: Timestamp),
        _ client: ClientName
    ) -> Plan? {
        guard
            let index = routes.firstIndex(where: {
                $0.route.match.matches(name: name, customerID: customerID, client: client)
            })
        else { return nil }
        let entry = routes[index]
        let point = CustomerShare.point(of: customer)
        let recipients = entry.rule?.recipients(
            of: CustomerID(customer),
            at: times.event,
            acceptedAt: times.acceptance
        )
        var members: UInt64 = 0
        for (place, routed) in entry.destinations.enumerated()
        where routed.takes(customerAt: point, at: times.event, acceptedAt: times.acceptance) {
            guard entry.isSent(to: routed.destination.provider, recipients) else { continue }
            members |= 1 << UInt64(place)
        }
        let key = PlanKey(route: index, members: members, new: recipients?.new, tenant: tenants[client])
        return plans.withLock { plans in
            if let plan = plans[key] { return plan }
            let plan = makePlan(key)
            plans[key] = plan
            return plan
        }
    }

    private func makePlan(_ key: PlanKey) -> Plan {
        let entry = routes[key.route]
        let chosen = entry.destinations.enumerated().filter { key.members & (1 << UInt64($0.offset)) != 0 }
        let destinations = chosen.map { _, routed in
            let isNew = routed.destination.provider == entry.rule?.migration.to
            return own(isNew ? routed.destination.delivered(as: key.new) : routed.destination, key.tenant)
        }
        return Plan(route: entry.route.name, destinations: destinations)
    }

    /// The destination, at the tenant's own account if it has one there.
    ///
    /// In an account that tenants share, every id is prefixed with the tenant: the vendor identifies events by their id alone, and would
    /// treat one tenant's event as a duplicate of another's. As part of the plan, the prefix never changes for an event.
    private func own(_ destination: Destination, _ tenant: TenantID?) -> Destination {
        guard let tenant else { return destination }
        let account = accounts[tenant]?[destination.provider] ?? destination.provider
        let own = account == destination.provider ? destination : destination.moved(to: account)
        return shared.contains(account) ? own.prefixed(by: tenant) : own
    }

    /// The names of the routes that can take events of a client, for a message to it.
    package func routeNames(for client: ClientName) -> [String] {
        routes.map(\.route).filter { $0.match.clients.isEmpty || $0.match.clients.contains(client) }.map(
            \.name.rawValue
        )
    }
}
