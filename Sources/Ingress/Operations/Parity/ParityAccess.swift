import Access
import Events
import Parity
import Routing

/// Who may start and see comparisons; used by the API and the dashboard.
struct ParityAccess: Sendable {
    private let routes: CurrentRoutes

    init(_ routes: CurrentRoutes) {
        self.routes = routes
    }

    /// Checks that the providers exist, that the client may read from them, and that they support the level.
    func check(_ order: ParityOrder, for client: Client) throws(Problem) {
        for name in order.providers { try check(name, for: client, order.level) }
    }

    /// - Throws: 404 for a provider that `routes.json` does not have, 403 for one that the client is not allowed to read from, 501 for one
    /// that cannot be compared at this level.
    private func check(_ name: ProviderName, for client: Client, _ level: ParityLevel) throws(Problem) {
        let routes = routes.current.routes
        guard let provider = routes.providers.first(where: { $0.name == name }) else {
            let seen = routes.providersSeen(by: client) ?? routes.providers
            throw .unconfiguredProvider(name, known: seen.map(\.name.rawValue))
        }
        guard routes.mayRead(name, client) else { throw .sharedProvider(name) }
        if level == .usage, provider.traits.reads?.usage == nil {
            throw .unsupported("\(provider.traits.vendor) shows no usage, so \"\(name)\" cannot be compared by it")
        }
        if level == .resend, !(provider.traits.reads?.countsNewEvents ?? false) {
            throw .unsupported(
                """
                \(provider.traits.vendor) does not tell whether it had an event that is sent again, so "\(name)" cannot be compared by \
                resending; read its events instead
                """
            )
        }
        if level != .ledger, provider.traits.reads == nil {
            throw .unsupported(
                "\(provider.traits.vendor) shows no events, so \"\(name)\" can be compared with the level \"ledger\" only"
            )
        }
    }

    /// Whether the client may see a comparison.
    func maySee(_ run: ParityRun, _ client: Client) -> Bool {
        let routes = routes.current.routes
        return client.may(.admin)
            || run.tenant == client.tenant && run.order.providers.allSatisfy { routes.mayRead($0, client) }
    }

    /// Where a cause is accepted that a client accepts in a comparison: at the provider that it names; otherwise at every provider, which
    /// for a client without the scope `admin` means those of the comparison.
    /// - Returns: a provider for each acceptance; nil for one at all providers.
    /// - Throws: ``Problem`` if the comparison does not include the provider.
    static func providers(
        accepting named: ProviderName?,
        in run: ParityRun,
        for client: Client
    ) throws(Problem) -> [ProviderName?] {
        let compared = run.order.providers
        guard let named else { return client.may(.admin) ? [nil] : compared }
        guard compared.contains(named) else {
            let known = compared.map(\.rawValue).joined(separator: ", ")
            throw .badParameter("provider", "must be one of those that were compared: \(known)")
        }
        return [named]
    }

    /// The details of a started comparison in the audit log.
    static func details(of run: ParityRun) -> [String: String] {
        let order = run.order
        return [
            "run": "\(run.id)", "providers": order.providers.map(\.rawValue).joined(separator: ","),
            "from": order.window.from.rfc3339, "until": order.window.until.rfc3339, "level": order.level.rawValue,
        ]
    }
}
