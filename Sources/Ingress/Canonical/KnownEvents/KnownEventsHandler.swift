import Access
import Events
import JSON
import Journal
import Routing
import VendorReads

/// `POST /v1/events/known`: which events the journal has already, by the identity that they have elsewhere. Imports leave them out.
struct KnownEventsHandler: Sendable {
    private let journal: any IngressJournal
    private let routes: CurrentRoutes
    private let questions: VendorQuestions

    init(_ services: EndpointServices) {
        journal = services.given.journal
        routes = services.given.routes
        questions = services.given.vendors.questions
    }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let body = try await call.parseBody { try KnownEventsBody($0) }
        let adapter = try body.sentTo.map { try self.adapter($0) }
        var search = KnownEventSearch(
            journal,
            sentTo: adapter,
            by: routes.current.routes,
            of: call.client.tenant
        )
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        do throws(StoreError) {
            writer.member("removed_through", stringOrNull: try await journal.removedThrough()?.rfc3339)
            writer.key("known")
            writer.beginArray()
            for (index, event) in try await search.events(with: body.events).enumerated() {
                guard let event else { continue }
                writer.beginObject()
                writer.member("index", integer: index)
                writer.member("id", string: event.id.rawValue)
                writer.member("scope", stringOrNull: event.scope.isEmpty ? nil : event.scope)
                writer.endObject()
            }
            writer.endArray()
        } catch {
            throw Problem(error)
        }
        writer.endObject()
        return .json(writer.bytes)
    }

    private func adapter(_ name: AdapterName) throws(Problem) -> any Adapter {
        let providers = routes.current.routes.providers
        let used = providers.first { $0.traits.adapter == name }?.adapter
        if let adapter = used ?? questions.adapter(name) { return adapter }
        let known = Set((providers.map(\.traits) + questions.traits).map(\.adapter.rawValue)).sorted()
        throw .badBody(
            "there is no adapter \"\(Excerpt.of(name.rawValue, longest: 60))\"\(Problem.suggestion(for: name.rawValue, among: known)); the adapters are "
                + known.joined(separator: ", ")
        )
    }
}
