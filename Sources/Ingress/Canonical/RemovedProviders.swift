import Events
import Journal
import Routing

/// Providers that `routes.json` does not have any more. Nobody delivers to them, so what waits for them is listed and discarded like
/// what a vendor has rejected.
struct RemovedProviders: Sendable {
    let archive: any EventArchive
    let routes: CurrentRoutes

    /// Those for which something waits.
    var withBacklog: [ProviderName] {
        get async throws(StoreError) {
            let configured = Set(routes.current.routes.providers.map(\.name))
            return try await archive.providersWithBacklog().filter { !configured.contains($0) }
        }
    }
}
