package import Access
package import ConfigurationFile
package import Events

/// What `routes.json` says, checked and complete: an immutable snapshot that is swapped whole.
package struct Routes: Sendable {
    /// In the order of the file, then the accounts that tenants' own credentials make of them.
    package let providers: [ProviderConfiguration]
    /// In the order of the file: the first that matches takes the event.
    package let routes: [Route]
    package let clients: [Client]
    /// Which providers are one account at their vendor.
    package private(set) var accounts: VendorAccounts

    package init(providers: [ProviderConfiguration], routes: [Route], clients: [Client]) {
        self.providers = providers
        self.routes = routes
        self.clients = clients
        accounts = VendorAccounts(providers)
    }

    /// The same routes, with the accounts told apart by the vendors' keys, as far as they are known.
    func knowing(keys: [ProviderName: CredentialDigest]) -> Routes {
        var routes = self
        routes.accounts = VendorAccounts(providers, keys: keys)
        return routes
    }

    /// The providers that a client's events can go to, in the order of its routes.
    package func providers(for client: ClientName) -> [ProviderConfiguration] {
        let reachable = routes.filter { $0.match.clients.isEmpty || $0.match.clients.contains(client) }
        var names: [ProviderName] = []
        for route in reachable {
            for routed in route.destinations where !names.contains(routed.destination.provider) {
                names.append(routed.destination.provider)
            }
        }
        let tenant = clients.first { $0.name == client }?.tenant
        return names.compactMap { name in account(of: name, for: tenant) }
    }

    /// Where the events of a tenant go at a provider: the tenant's own account there, if it has a credential of its own.
    package func account(of provider: ProviderName, for tenant: TenantID?) -> ProviderConfiguration? {
        providers.first { $0.owner != nil && $0.owner?.tenant == tenant && $0.owner?.provider == provider }
            ?? providers.first { $0.name == provider }
    }

    /// The providers whose state a client may read: those of its routes that are its tenant's alone.
    /// - Returns: nil if it may read all, also of those that are configured no more: with the scope `admin`, or where there is one tenant.
    package func providersSeen(by client: Client) -> [ProviderConfiguration]? {
        if client.may(.admin) || clients.allSatisfy({ $0.tenant == client.tenant }) { return nil }
        return providers(for: client.name).filter { !isShared($0.name) }
    }

    /// Whether a client may ask a provider's vendor for what it has: with the scope `admin`, or where no other tenant's events are.
    package func mayRead(_ provider: ProviderName, _ client: Client) -> Bool {
        client.may(.admin) || !isShared(provider)
    }

    /// Whether events of several tenants can be at a provider's account, so that what it shows is not one tenant's alone.
    package func isShared(_ provider: ProviderName) -> Bool {
        let users = clients.filter { client in
            providers(for: client.name).contains { accounts.areSame($0.name, provider) }
        }
        return Set(users.map(\.tenant)).count > 1
    }
}

/// Which events go to which destinations.
package struct Route: Sendable, Equatable {
    package let name: RouteName
    package let match: RouteMatch
    /// Without those that are `off`.
    package let destinations: [RoutedDestination]
}

/// A destination of a route, and how many of the customers it gets.
package struct RoutedDestination: Sendable, Equatable {
    package let destination: Destination
    /// Percent of the customers, 0 to 100.
    package let share: Double
}

/// Conditions that an event must all meet; an empty list of patterns is met by everything.
package struct RouteMatch: Sendable, Equatable {
    package var names: [Glob] = []
    package var customers: [Glob] = []
    package var clients: [ClientName] = []

    /// Whether an event meets the conditions.
    package func matches(name: String, customerID: String?, client: ClientName) -> Bool {
        (clients.isEmpty || clients.contains(client))
            && (names.isEmpty || names.contains { $0.matches(name) })
            && (customers.isEmpty || customerID.map { id in customers.contains { $0.matches(id) } } ?? false)
    }
}
