import Acceptance
import Access
import Events
import JSON
import Reports
import Routing

/// `POST /v1/events/preview`: the plan of an event and the request to each vendor. Nothing is stored or sent.
struct PreviewHandler: Sendable {
    private let previewer: EventPreviewer
    private let routes: CurrentRoutes

    init(_ services: EndpointServices) {
        previewer = EventPreviewer(services.given.acceptor, services.given.routes)
        routes = services.given.routes
    }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let parameters = try ListParameters(call.query, allowed: ["client"])
        let client = try client(try parameters.single("client"), for: call.client)
        let batch = try await call.parseBody { EventReader().read($0, as: .json) }
        guard batch.faults.isEmpty else {
            throw Problem.estimate(batch.faults, omitted: batch.omittedFaults, count: batch.count)
        }
        guard batch.events.count == 1, let event = batch.events.first?.event else {
            throw Problem.badBody("a preview is of one event, and there are \(batch.events.count)")
        }
        let preview: EventPreview
        do throws(EventFault) {
            preview = try previewer.preview(event, from: client)
        } catch {
            throw Problem.estimate([error], omitted: 0, count: 1)
        }
        return .json(json(preview, for: call.client))
    }

    /// The client for whom the event is previewed: another client than the caller needs the scope `admin`.
    private func client(_ name: String?, for caller: Client) throws(Problem) -> Client {
        guard let name, name != caller.name.rawValue else { return caller }
        guard caller.may(.admin) else { throw .forbidden(Scope.admin.rawValue) }
        let clients = routes.current.routes.clients
        guard let client = clients.first(where: { $0.name.rawValue == name }) else {
            let hint = Problem.suggestion(for: name, among: clients.map(\.name.rawValue))
            throw .badParameter("client", "is not a client of routes.json\(hint)")
        }
        return client
    }

    private func json(_ preview: EventPreview, for client: Client) -> [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writer.key("event")
        writer.beginObject()
        EventWriter.writeMembers(of: preview.event, to: &writer)
        writer.endObject()
        writer.member("client", string: preview.event.client.rawValue)
        writer.member("route", stringOrNull: preview.event.plan.route?.rawValue)
        writer.key("of_record")
        if let record = preview.record {
            writer.beginObject()
            writer.member("migration", string: record.migration.rawValue)
            writer.member("provider", string: record.provider.rawValue)
            writer.endObject()
        } else {
            writer.null()
        }
        writer.key("destinations")
        writer.beginArray()
        for destination in preview.destinations { write(destination, for: client, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// The request, or why there is none. Fields of the vendor's account are shown to those who may read it.
    private func write(_ preview: DestinationPreview, for client: Client, to writer: inout JSONWriter) {
        let provider = preview.destination.provider
        writer.beginObject()
        writer.member("provider", string: provider.rawValue)
        writer.member("adapter", string: preview.destination.adapter.rawValue)
        writer.member("mode", string: preview.destination.mode.rawValue)
        writer.member("not_before", stringOrNull: preview.notBefore?.rfc3339)
        switch preview.result {
        case .request(let request):
            writer.member("status", string: "translatable")
            let isVisible = routes.current.routes.mayRead(provider, client)
            Self.write(isVisible ? request : request.withoutAccount, to: &writer)
        case .untranslatable(let reason):
            writer.member("status", string: "untranslatable")
            writer.key("error")
            writer.beginObject()
            writer.member("code", string: DeliveryErrorCode.untranslatable.rawValue)
            writer.member("field", string: reason.field)
            writer.member("message", string: reason.message)
            writer.endObject()
        case .notConfigured:
            writer.member("status", string: "not_configured")
        }
        writer.endObject()
    }

    private static func write(_ request: PreviewedRequest, to writer: inout JSONWriter) {
        writer.key("request")
        writer.beginObject()
        writer.member("method", string: request.method)
        writer.member("url", string: request.url)
        writer.key("headers")
        writer.beginArray()
        for header in request.headers {
            writer.beginObject()
            writer.member("name", string: header.name)
            writer.member("value", string: header.value)
            writer.endObject()
        }
        writer.endArray()
        writer.member("body", string: String(decoding: request.body, as: UTF8.self))
        writer.endObject()
    }
}
