import Access
import Events
import Routing

/// Whether a request to a facade is passed to the vendor. Pure: it does no I/O.
enum PassPolicy {
    /// What to do with a request.
    enum Decision: Sendable {
        /// The facade handles it: the gateway serves the path itself, or passing is disabled.
        case serve
        case refuse(PassRefusal)
        /// - Parameter path: as the vendor has it.
        case pass(to: ProviderConfiguration, path: NormalPath)
    }

    /// - Parameters:
    ///   - method: as it was sent; `HEAD` too.
    ///   - path: below the facade's prefix, percent-encoded, without the query.
    static func decide(
        _ method: String,
        _ path: String,
        of dialect: any Dialect,
        for client: Client,
        in routes: Routes
    ) -> Decision {
        guard let rule = client.pass[dialect.adapter], let scope = scope(for: method),
            let traits = routes.providers.first(where: { $0.traits.adapter == dialect.adapter })?.traits
        else { return .serve }
        if dialect.serves(method == "HEAD" ? "GET" : method, path) { return .serve }
        let normal: NormalPath
        do {
            normal = try NormalPath(traits.api.pathPrefix + path)
        } catch {
            return .refuse(PassRefusal(error, prefix: traits.api.pathPrefix))
        }
        if dialect.meansServedPath(String(normal.decoded.dropFirst(traits.api.pathPrefix.count))) { return .serve }
        guard client.may(scope) else { return .refuse(.missingScope(scope)) }
        guard rule.allows(normal) else { return .refuse(.notListed(method, normal, dialect.adapter)) }
        switch routes.target(of: rule, in: dialect.adapter, for: client) {
        case .account(let provider): return .pass(to: provider, path: normal)
        case .noProvider: return .refuse(.noProvider(dialect.adapter))
        case .shared(let provider): return .refuse(.shared(provider))
        }
    }

    /// The scope that a method requires; nil for one that is never passed: `TRACE` would show the vendor's credential, `CONNECT` opens a
    /// tunnel, and the meaning of others is unknown.
    private static func scope(for method: String) -> Scope? {
        switch method {
        case "GET", "HEAD": .readVendor
        case "POST", "PUT", "PATCH", "DELETE": .writeVendor
        default: nil
        }
    }
}
