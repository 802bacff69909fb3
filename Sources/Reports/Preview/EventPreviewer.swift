package import Acceptance
package import Access
import DeliveryEngine
package import Events
import OfRecord
package import Routing

/// Shows what would happen to an event, without storing or sending anything.
package struct EventPreviewer: Sendable {
    private let acceptor: Acceptor
    private let routes: CurrentRoutes

    package init(_ acceptor: Acceptor, _ routes: CurrentRoutes) {
        self.acceptor = acceptor
        self.routes = routes
    }

    /// What would happen to the event if the client sent it now.
    /// - Throws: why it would not be accepted.
    package func preview(_ event: CanonicalEvent, from client: Client) throws(EventFault) -> EventPreview {
        let accepted = try acceptor.preview(event, from: client)
        let current = routes.current
        let providers = current.routes.providers
        return EventPreview(
            event: accepted,
            destinations: accepted.plan.destinations.map { destination in
                Self.preview(accepted, destination, at: providers.first { $0.name == destination.provider })
            },
            record: Self.record(of: accepted, in: current)
        )
    }

    private static func record(of event: AcceptedEvent, in current: RoutesSnapshot) -> ProviderOfRecord? {
        guard let migration = event.plan.route.flatMap({ current.routes.migration(of: $0) }) else { return nil }
        let provider = migration.providerOfRecord(
            for: CustomerID(event.customerID ?? event.subscriptionID ?? ""),
            at: event.timestamp,
            acceptedAt: event.acceptedAt,
            by: current.logs[migration.name]
        )
        return ProviderOfRecord(migration: migration.name, provider: provider)
    }

    private static func preview(
        _ event: AcceptedEvent,
        _ destination: Destination,
        at provider: ProviderConfiguration?
    ) -> DestinationPreview {
        guard let provider, provider.traits.adapter == destination.adapter else {
            return DestinationPreview(destination: destination, result: .notConfigured, notBefore: nil)
        }
        do throws(Untranslatable) {
            let translated = try provider.adapter.translate(event, for: destination)
            let request = provider.adapter.request(carrying: [translated])
            return DestinationPreview(
                destination: destination,
                result: .request(PreviewedRequest(request, to: VendorEndpoint(provider))),
                notBefore: translated.notBefore
            )
        } catch {
            return DestinationPreview(destination: destination, result: .untranslatable(error), notBefore: nil)
        }
    }
}

extension PreviewedRequest {
    init(_ request: VendorRequest, to endpoint: VendorEndpoint) {
        let parts = endpoint.parts(of: request, with: Self.secret, inQuery: Self.secret)
        self.init(
            method: request.method,
            url: parts.address,
            headers: parts.fields.map { Header(name: $0.name, value: $0.value) },
            body: request.body,
            path: request.path
        )
    }

    /// What a client may see of a request to an account that it shares with other tenants: what is sent, not where and how.
    package var withoutAccount: PreviewedRequest {
        PreviewedRequest(
            method: method,
            url: path,
            headers: headers.filter { $0.name == "Content-Type" },
            body: body,
            path: path
        )
    }
}
