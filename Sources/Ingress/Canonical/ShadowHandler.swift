import Access
import Events
import JSON
import Journal
import Routing

/// `GET /v1/providers/{name}/shadow`: the results of a provider's shadow deliveries.
struct ShadowHandler: Sendable {
    private let journal: any IngressJournal
    private let routes: CurrentRoutes

    init(_ services: EndpointServices) {
        journal = services.given.journal
        routes = services.given.routes
    }

    /// The counts include all tenants, so a client sees only those of its tenant's own accounts; sample ids are those of its tenant
    /// alone.
    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let routes = routes.current.routes
        let seen = (routes.providersSeen(by: call.client) ?? routes.providers).map(\.name)
        let name = ProviderName(call.parameter)
        guard seen.contains(name) else { throw Problem.unconfiguredProvider(name, known: seen.map(\.rawValue)) }
        do {
            let counts = try await journal.shadowCounts().filter { $0.provider == name }
            var writer = JSONWriter(capacity: 512 * (counts.count + 1))
            writer.beginObject()
            writer.member("provider", string: name.rawValue)
            writer.key("shadow")
            writer.beginArray()
            for count in counts.sorted(by: { ($1.events, $0.field) < ($0.events, $1.field) }) {
                write(count, ids: try await ids(of: count.samples, call.client.tenant), to: &writer)
            }
            writer.endArray()
            writer.endObject()
            return .json(writer.bytes)
        } catch let error as StoreError {
            throw Problem(error)
        }
    }

    /// The IDs of sample events that belong to the tenant and are still in the journal.
    private func ids(of samples: [SequenceNumber], _ tenant: TenantID) async throws -> [String] {
        var ids: [String] = []
        for sample in samples {
            if let event = try await journal.event(at: sample, of: tenant) { ids.append(event.event.id.rawValue) }
        }
        return ids
    }

    private func write(_ count: ShadowCount, ids: [String], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("class", string: count.shadowClass.rawValue)
        writer.member("field", stringOrNull: count.field.isEmpty ? nil : count.field)
        writer.member("events", integer: count.events)
        writer.member("first", string: count.first.rfc3339)
        writer.member("last", string: count.last.rfc3339)
        writer.member("event_ids", strings: ids)
        writer.endObject()
    }
}
