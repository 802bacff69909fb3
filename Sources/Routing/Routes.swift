package import Events

/// What `routes.json` says, checked and complete: an immutable snapshot that is swapped whole.
package struct Routes: Sendable {
    /// In the order of the file, then the accounts that tenants' own credentials make of them.
    package let providers: [ProviderConfiguration]
    /// In the order of the file: the first that matches takes the event.
    package let routes: [Route]
    package let clients: [Client]

    package init(providers: [ProviderConfiguration], routes: [Route], clients: [Client]) {
        self.providers = providers
        self.routes = routes
        self.clients = clients
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

    /// Whether events of several tenants can be at a provider, so that what it shows is not one tenant's alone.
    package func isShared(_ provider: ProviderName) -> Bool {
        let tenants = clients.filter { client in providers(for: client.name).contains { $0.name == provider } }.map(
            \.tenant
        )
        return Set(tenants).count > 1
    }
}

extension ProviderName {
    /// The provider of `routes.json` that this is, or is a tenant's own account of: a name that holds no tenant's.
    package var withoutTenant: ProviderName {
        // No name of the file has an `@`; see ``ProviderConfiguration/name``.
        ProviderName(String(rawValue.prefix { $0 != "@" }))
    }
}

/// One configured account at a vendor, with the vendor's own defaults filled in.
///
/// A tenant with a credential of its own is at another account of the vendor, so it has a provider of its own here: with its own
/// pipeline, place in the journal, limits and state, so that nothing of one account touches another's.
package struct ProviderConfiguration: Sendable, Equatable {
    /// As the file has it; of a tenant's own account, with the tenant behind an `@`, which no name of the file has.
    package private(set) var name: ProviderName
    /// Of a tenant's own account: whose it is, and the provider that it is an account of.
    package private(set) var owner: Owner?
    package let traits: VendorTraits
    /// Scheme, host and path, without a trailing slash.
    package let baseURL: String
    /// Whether it may be on this machine or in the networks around it; else it must be on the internet.
    package let mayBeInside: Bool
    package private(set) var credential: CredentialSource
    package let batch: BatchLimit
    /// The most requests under way at once.
    package let concurrency: Int
    package let timeout: Duration
    /// nil: as fast as the vendor answers.
    package let rateLimit: RateLimit?
    package let retry: Retry
    package let breaker: Breaker
    package let onUncertain: OnUncertain
    /// Header fields of the account that go with every call.
    package let headers: [Header]
    /// Percent of the rate limit that clients' reads and passed calls may take together.
    package let readsShare: Double

    /// Half, so that deliveries never find the rate limit used up by others.
    package static let usualReadsShare = 50.0

    /// A setting of the account, as the vendor wants it.
    package struct Header: Sendable, Equatable {
        /// The setting's name in `routes.json`.
        package let setting: String
        package let name: String
        package let value: String
    }

    /// Whose own account a provider is.
    package struct Owner: Sendable, Equatable {
        package let tenant: TenantID
        package let provider: ProviderName
    }

    /// The account that a tenant's own credential makes of this provider.
    func account(of tenant: TenantID, with credential: CredentialSource) -> ProviderConfiguration {
        var account = self
        account.owner = Owner(tenant: tenant, provider: name)
        account.name = ProviderName("\(name)@\(tenant)")
        account.credential = credential
        return account
    }

    /// When a delivery that failed goes again.
    package struct Retry: Sendable, Equatable {
        /// The first wait is at most this long; each further one twice that, up to `cap`.
        package var base: Duration = .seconds(1)
        package var cap: Duration = .seconds(600)
        /// An event older than this is a dead letter.
        package var giveUpAfter: Duration = .seconds(72 * 3600)
        /// The longest wait that the vendor may ask for.
        package var longestWait: Duration = .seconds(3600)
    }

    /// When a provider that fails is left alone.
    package struct Breaker: Sendable, Equatable {
        /// Failures in a row.
        package var failures: Int = 5
        /// Before the first probe; doubles with each that fails.
        package var pause: Duration = .seconds(1)
        /// Between two tries of a provider whose credential or account is refused.
        package var parkedPause: Duration = .seconds(30)
    }

    /// What becomes of a delivery whose outcome is unknown at a vendor that does not deduplicate.
    package enum OnUncertain: String, Sendable, CaseIterable {
        case hold, retry, accept
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
