package import Access
package import Events

/// Where a client's calls to a vendor's own API go.
package enum PassTarget: Sendable {
    /// This account.
    case account(ProviderConfiguration)
    /// Nowhere: no provider of the vendor is primary for the client's routes, and the client's rule names none.
    case noProvider
    /// Nowhere: other tenants are at the account too, and the vendor's API shows all of it.
    case shared(ProviderName)
}

extension Routes {
    /// Where a client's calls to a vendor's API go, by a rule of its own.
    package func target(of rule: PassRules.Rule, in adapter: AdapterName, for client: Client) -> PassTarget {
        target(of: rule, in: adapter, for: client, tenants(at:))
    }

    /// - Parameter tenants: tells the tenants at an account.
    func target(
        of rule: PassRules.Rule,
        in adapter: AdapterName,
        for client: Client,
        _ tenants: (ProviderName) -> Set<TenantID>
    ) -> PassTarget {
        guard let name = rule.provider ?? primary(of: adapter, for: client),
            let account = account(of: name, for: client.tenant)
        else { return .noProvider }
        guard client.pass.includesSharedAccounts || tenants(account.name).union([client.tenant]).count == 1 else {
            return .shared(account.name)
        }
        return .account(account)
    }

    /// The first provider of a vendor that is primary in a route that may take the client's events.
    package func primary(of adapter: AdapterName, for client: Client) -> ProviderName? {
        for route in routes {
            guard route.match.clients.isEmpty || route.match.clients.contains(client.name),
                client.allowance.allows(route: route.name)
            else { continue }
            let primary = route.destinations.first {
                $0.destination.adapter == adapter && $0.destination.mode == .primary
            }
            if let primary { return primary.destination.provider }
        }
        return nil
    }

    /// The tenants whose events go to an account, or whose clients' calls pass to it.
    func tenants(at account: ProviderName) -> Set<TenantID> {
        var tenants: Set<TenantID> = []
        for client in clients {
            let named = client.pass.rules.values.compactMap { $0.provider }
                .compactMap { self.account(of: $0, for: client.tenant)?.name }
            if named.contains(account) || providers(for: client.name).contains(where: { $0.name == account }) {
                tenants.insert(client.tenant)
            }
        }
        return tenants
    }
}
