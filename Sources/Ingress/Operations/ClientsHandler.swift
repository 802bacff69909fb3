import Access
import Events
import JSON
import Routing

/// `GET /v1/clients`: all clients of `routes.json`, their permissions and limits, how much of these they use, and how often they were
/// refused.
struct ClientsHandler: Sendable {
    private let routes: CurrentRoutes
    private let refusals: ClientRefusals
    private let limiters: ClientLimiters
    private let capacity: IngressCapacity

    init(_ services: EndpointServices) {
        routes = services.given.routes
        refusals = services.given.operations.refusals
        limiters = services.given.operations.limiters
        capacity = services.capacity
    }

    func list() -> EndpointResponse {
        let clients = routes.current.routes.clients
        var writer = JSONWriter(capacity: 256 * clients.count + 16)
        writer.beginObject()
        writer.key("clients")
        writer.beginArray()
        for client in clients { write(client, to: &writer) }
        writer.endArray()
        writer.endObject()
        return .json(writer.bytes)
    }

    private func write(_ client: Client, to writer: inout JSONWriter) {
        let counts = refusals.count(of: client.name)
        writer.beginObject()
        writer.member("name", string: client.name.rawValue)
        writer.member("tenant", string: client.tenant.rawValue)
        writer.member("scopes", strings: Scope.allCases.filter { client.may($0) }.map(\.rawValue))
        writer.key("limits")
        writer.beginObject()
        for (name, limit) in [("requests", client.limits.requests), ("events", client.limits.events)] {
            guard let limit else { continue }
            writer.key(name)
            writer.beginObject()
            writer.member("count", integer: limit.requests)
            writer.member("per_ms", integer: limit.per.wholeMilliseconds)
            writer.endObject()
        }
        writer.endObject()
        Self.write(limiters.use(of: client, within: capacity), to: &writer)
        writer.key("refused")
        writer.beginObject()
        writer.member("rate_limited", integer: counts.limited)
        writer.member("forbidden", integer: counts.forbidden)
        writer.endObject()
        writer.endObject()
    }

    /// A percentage is null for a limit that the client does not have.
    private static func write(_ use: ClientUse, to writer: inout JSONWriter) {
        writer.key("use")
        writer.beginObject()
        for (name, percent) in [("requests_percent", use.requestsPercent), ("events_percent", use.eventsPercent)] {
            writer.key(name)
            if let percent { writer.integer(percent) } else { writer.null() }
        }
        for (name, count, limit) in [("reads", use.reads, use.readsLimit), ("streams", use.streams, use.streamsLimit)] {
            writer.key(name)
            writer.beginObject()
            writer.member("open", integer: count)
            writer.member("limit", integer: limit)
            writer.endObject()
        }
        writer.endObject()
    }
}
