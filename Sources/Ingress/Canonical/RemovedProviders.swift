import Events
import Journal
import Routing

/// Providers that were removed from `routes.json`. Nothing is delivered to them, so their waiting deliveries are listed and discarded
/// like deliveries that a vendor has rejected.
struct RemovedProviders: Sendable {
    private let archive: any EventArchive
    private let routes: CurrentRoutes

    init(_ services: EndpointServices) {
        archive = services.given.journal
        routes = services.given.routes
    }

    /// Those for which events wait.
    var withBacklog: [ProviderName] {
        get async throws(StoreError) {
            let configured = Set(routes.current.routes.providers.map(\.name))
            return try await archive.providersWithBacklog().filter { !configured.contains($0) }
        }
    }
}
