import Access
import Dashboard
import Events
import Routing

/// `/dashboard/live` and its stream: events as they are accepted and settled.
struct LivePageHandler: Sendable {
    private let services: EndpointServices

    init(_ services: EndpointServices) {
        self.services = services
    }

    func page(_ call: PageCall) throws -> PageAnswer {
        let fields = call.fields
        let status = try ListParameters.choices("status", fields.all("status"), as: DeliveryStatus.self).first
        let filter = LivePage.Filter(
            name: fields["name"],
            customer: fields["customer_id"],
            provider: fields["provider"],
            status: status
        )
        let routes = services.given.routes.current.routes
        let providers = call.client.may(.admin) ? routes.providers : routes.providers(for: call.client.name)
        return .page(LivePage(filter, providers: providers.map(\.name)))
    }

    /// The stream of the API, which also ends with the session.
    func stream(_ call: PageCall) async throws -> PageAnswer {
        let session = call.session
        let handler = EventStreamHandler(
            services,
            while: { [services] in
                services.dashboard?.sessions.isOpen(session) ?? false
            }
        )
        return .other(try await handler.respond(to: call.call))
    }
}
