import Access
import Events
import JSON
import Journal
import Routing

/// `GET /v1/providers/{name}/backlog`: the events that wait for a provider, by age.
///
/// A client sees the same providers as in ``ProvidersHandler``: its tenant's own accounts, or all with the scope `admin`, including those
/// that `routes.json` no longer has.
struct BacklogHandler: Sendable {
    private let archive: any EventArchive
    private let routes: CurrentRoutes
    private let clock: any WallClock

    init(_ services: EndpointServices) {
        archive = services.given.journal
        routes = services.given.routes
        clock = services.given.clock
    }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let name = ProviderName(call.parameter)
        do {
            let known = try await known(to: call.client)
            guard known.contains(name) else {
                throw Problem.unconfiguredProvider(name, known: known.map(\.rawValue))
            }
            return .json(Self.json(name, try await archive.backlogAges(of: name, at: clock.now)))
        } catch let error as StoreError {
            throw Problem(error)
        }
    }

    /// The providers that the client may see, including removed ones for operators.
    private func known(to client: Client) async throws(StoreError) -> [ProviderName] {
        let routes = routes.current.routes
        if let visible = routes.providersSeen(by: client) { return visible.map(\.name) }
        let configured = routes.providers.map(\.name)
        return configured + (try await archive.providersWithBacklog().filter { !configured.contains($0) })
    }

    private static func json(_ name: ProviderName, _ ages: BacklogAges) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("provider", string: name.rawValue)
        writer.member("events", integer: ages.events)
        writer.key("ages")
        writer.beginArray()
        for (index, count) in ages.counts.enumerated() {
            writer.beginObject()
            writer.key("up_to_seconds")
            if index < BacklogAges.bounds.count {
                writer.integer(BacklogAges.bounds[index].wholeMilliseconds / 1000)
            } else {
                writer.null()
            }
            writer.member("events", integer: count)
            writer.endObject()
        }
        writer.endArray()
        writer.member("events_not_looked_at", integer: ages.uncounted)
        writer.endObject()
        return writer.bytes
    }
}
