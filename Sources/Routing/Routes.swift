package import Access
package import ConfigurationFile
package import Events
package import OfRecord

/// The validated content of `routes.json`: an immutable snapshot that is replaced as a whole.
package struct Routes: Sendable {
    /// In the order of the file, followed by the accounts of tenants with their own credentials.
    package let providers: [ProviderConfiguration]
    /// In the order of the file: the first that matches takes the event.
    package let routes: [Route]
    package let clients: [Client]
    /// Who is told when something is wrong.
    package let notifications: NotificationSettings
    /// In the order of the file.
    package let migrations: [MigrationConfiguration]
    /// Which providers are one account at their vendor.
    package private(set) var accounts: VendorAccounts

    package init(
        providers: [ProviderConfiguration],
        routes: [Route],
        clients: [Client],
        notifications: NotificationSettings = NotificationSettings(),
        migrations: [MigrationConfiguration] = []
    ) {
        self.notifications = notifications
        self.migrations = migrations
        self.providers = providers
        self.routes = routes
        self.clients = clients
        accounts = VendorAccounts(providers)
    }

    /// The same file with other routes.
    init(replacing routes: [Route], in file: Routes) {
        self.init(
            providers: file.providers,
            routes: routes,
            clients: file.clients,
            notifications: file.notifications,
            migrations: file.migrations
        )
        accounts = file.accounts
    }

    /// The same routes, with accounts distinguished by the vendors' keys where these are known.
    func knowing(keys: [ProviderName: CredentialDigest]) -> Routes {
        var routes = self
        routes.accounts = VendorAccounts(providers, keys: keys)
        return routes
    }

    /// The migration of this name; nil if there is none.
    package func migration(named name: MigrationName) -> MigrationConfiguration? {
        migrations.first { $0.name == name }
    }

    /// The migration of a route's customers; nil if there is none.
    package func migration(of route: RouteName) -> MigrationConfiguration? {
        migrations.first { $0.route == route }
    }

    /// The providers that a client's events can go to, in the order of its routes.
    package func providers(for client: ClientName) -> [ProviderConfiguration] {
        let reachable = routes.filter { $0.match.clients.isEmpty || $0.match.clients.contains(client) }
        var names: [ProviderName] = []
        for route in reachable {
            for routed in possibleDestinations(of: route) where !names.contains(routed.destination.provider) {
                names.append(routed.destination.provider)
            }
        }
        let tenant = clients.first { $0.name == client }?.tenant
        return names.compactMap { name in account(of: name, for: tenant) }
    }

    /// The clients that may send events which a route takes.
    package func senders(to route: RouteName) -> [Client] {
        guard let index = routes.firstIndex(where: { $0.name == route }) else { return [] }
        let match = routes[index].match
        return clients.filter { client in
            client.may(.writeEvents) && (match.clients.isEmpty || match.clients.contains(client.name))
                && !routes[..<index].contains { $0.match.takesEverything(from: client.name) }
        }
    }

    /// Where the events of a tenant go at a provider: the tenant's own account there, if it has a credential of its own.
    package func account(of provider: ProviderName, for tenant: TenantID?) -> ProviderConfiguration? {
        providers.first { $0.owner != nil && $0.owner?.tenant == tenant && $0.owner?.provider == provider }
            ?? providers.first { $0.name == provider }
    }

    /// The providers whose state a client may read: those of its routes that belong to its tenant alone.
    /// - Returns: nil if it may read all, including removed ones: with the scope `admin`, or if there is only one tenant.
    package func providersSeen(by client: Client) -> [ProviderConfiguration]? {
        if client.may(.admin) || clients.allSatisfy({ $0.tenant == client.tenant }) { return nil }
        return providers(for: client.name).filter { !isShared($0.name) }
    }

    /// Whether a client may read data from a provider's vendor: with the scope `admin`, or if its tenant alone uses the account. What is at
    /// an account that no route names any more may be of any tenant.
    package func mayRead(_ provider: ProviderName, _ client: Client) -> Bool {
        if client.may(.admin) || clients.allSatisfy({ $0.tenant == client.tenant }) { return true }
        return tenants(using: provider) == [client.tenant]
    }

    /// Whether a client may see a migration, whose figures are of all tenants that use its providers.
    package func maySee(_ migration: MigrationConfiguration, _ client: Client) -> Bool {
        mayRead(migration.from, client) && mayRead(migration.to, client)
    }

    /// Whether a provider's account may hold events of several tenants.
    package func isShared(_ provider: ProviderName) -> Bool { tenants(using: provider).count > 1 }

    /// The tenants whose events may be at a provider's account.
    private func tenants(using provider: ProviderName) -> Set<TenantID> {
        let users = clients.filter { client in
            providers(for: client.name).contains { accounts.areSame($0.name, provider) }
        }
        return Set(users.map(\.tenant))
    }
}

/// Which events go to which destinations.
package struct Route: Sendable, Equatable {
    package let name: RouteName
    package let match: RouteMatch
    /// Without those that are `off`.
    package let destinations: [RoutedDestination]
    /// Those that are `off`: a migration may begin with one.
    package let inactive: [RoutedDestination]

    package init(
        name: RouteName,
        match: RouteMatch,
        destinations: [RoutedDestination],
        inactive: [RoutedDestination] = []
    ) {
        self.name = name
        self.match = match
        self.destinations = destinations
        self.inactive = inactive
    }
}

/// A destination of a route, its share of the customers, and the times of the events that go there.
package struct RoutedDestination: Sendable, Equatable {
    package let destination: Destination
    /// Percent of the customers, 0 to 100.
    package let share: Double
    package let window: EventWindow

    /// Whether the events of a customer go there that have this timestamp.
    /// - Parameters:
    ///   - point: of ``CustomerShare/point(of:)``; not asked for if all customers go there.
    ///   - now: when the event is accepted.
    func takes(customerAt point: @autoclosure () -> Double, at time: Timestamp, acceptedAt now: Timestamp) -> Bool {
        window.contains(time, acceptedAt: now) && (share >= 100 || point() < share)
    }
}

/// Conditions, all of which an event must meet; an empty list of patterns matches everything.
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

    /// Whether every event of a client meets the conditions.
    /// - Parameter client: nil: of all clients.
    func takesEverything(from client: ClientName?) -> Bool {
        (clients.isEmpty || client.map(clients.contains) ?? false) && customers.isEmpty
            && (names.isEmpty || names.contains(where: \.matchesEverything))
    }
}
