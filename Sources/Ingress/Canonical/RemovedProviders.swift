import Events
import Journal
import Routing

/// Providers that `routes.json` does not have any more. Nobody delivers to them, so what waits for them is listed and discarded like
/// what a vendor has rejected.
struct RemovedProviders: Sendable {
    private let archive: any EventArchive
    private let routes: CurrentRoutes

    init(_ services: EndpointServices) {
        archive = services.given.journal
        routes = services.given.routes
    }

    /// Those for which something waits.
    var withBacklog: [ProviderName] {
        get async throws(StoreError) {
            let configured = Set(routes.current.routes.providers.map(\.name))
            return try await archive.providersWithBacklog().filter { !configured.contains($0) }
        }
    }
}
