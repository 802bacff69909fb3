import Access
import Dashboard
import Events
import Reports
import Routing

/// What vendors say that a previewed event would cost.
struct EventEstimates: Sendable {
    private let routes: CurrentRoutes
    private let reads: VendorReadHandler

    init(_ services: EndpointServices) {
        routes = services.given.routes
        reads = VendorReadHandler(services)
    }

    /// Whether there is a vendor that the client may ask.
    func mayAsk(_ client: Client) -> Bool {
        let routes = routes.current.routes
        return routes.providers.contains { provider in
            Self.isAble(provider) && routes.mayRead(provider.name, client)
        }
    }

    /// Asks at each destination that would get the event, whose vendor has estimates and whose account the caller may read.
    func ask(about preview: EventPreview, by caller: Caller) async -> [ProviderName: Result<Estimate, EstimateRefusal>]
    {
        let routes = routes.current.routes
        var found: [ProviderName: Result<Estimate, EstimateRefusal>] = [:]
        for destination in preview.destinations {
            guard case .request = destination.result,
                let provider = routes.providers.first(where: { $0.name == destination.destination.provider })
            else { continue }
            found[provider.name] = await answer(preview.event, provider, routes, caller)
        }
        return found
    }

    /// Asks one vendor what the event would cost.
    private func answer(
        _ event: AcceptedEvent,
        _ provider: ProviderConfiguration,
        _ routes: Routes,
        _ caller: Caller
    ) async -> Result<Estimate, EstimateRefusal> {
        guard Self.isAble(provider) else {
            return .failure(EstimateRefusal("\(provider.traits.vendor) has no estimates."))
        }
        guard routes.mayRead(provider.name, caller.client) else {
            return .failure(EstimateRefusal("other tenants share this account; asking it needs the scope admin."))
        }
        do {
            return .success(try await reads.estimate(of: event, at: provider, by: caller))
        } catch {
            return .failure(EstimateRefusal("\(error.detail)."))
        }
    }

    private static func isAble(_ provider: ProviderConfiguration) -> Bool {
        provider.adapter.reader?.abilities.contains(.estimate) ?? false
    }
}
