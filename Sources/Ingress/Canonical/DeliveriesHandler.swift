import Access
import Events
import JSON
import Journal
import Routing

/// `GET /v1/deliveries`: what did not simply arrive (retrying, rejected, uncertain and so on), in journal order, in pages.
struct DeliveriesHandler: Sendable {
    private let archive: any EventArchive
    private let removed: RemovedProviders

    init(_ services: EndpointServices) {
        archive = services.given.journal
        removed = RemovedProviders(services)
    }

    /// The parameters that it has.
    static let names: Set<String> = DeliveryFilter.parameterNames.union([
        "event_id", "duplicate_at_vendor", "limit", "cursor",
    ])

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let parameters = try ListParameters(call.query, allowed: Self.names)
        var filter = try DeliveryFilter(parameters, tenant: call.client.tenant)
        filter.eventIDs = parameters.all("event_id").map { EventID($0) }
        filter.duplicateAtVendor = try parameters.flag("duplicate_at_vendor")
        let limit = try parameters.limit()
        let cursor = try parameters.cursor(Self.cursor)
        let page: DeliveryPage
        do {
            let asksForPending = filter.statuses.contains(.pending)
            page = try await archive.deliveries(
                matching: filter,
                untriedAt: asksForPending ? archive.providersWithBacklog() : removed.withBacklog,
                after: cursor,
                limit: limit
            )
        } catch {
            throw Problem(error)
        }
        return .json(Self.json(page))
    }

    /// A cursor names the last delivery of a page, `<sequence>.<provider>`; clients pass it back unchanged.
    private static func cursor(_ text: String) -> DeliveryCursor? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let sequence = SequenceNumber(text: parts[0]), sequence > 0 else { return nil }
        return DeliveryCursor(sequence: sequence, provider: ProviderName(String(parts[1])))
    }

    private static func json(_ page: DeliveryPage) -> [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        writer.key("deliveries")
        writer.beginArray()
        for archived in page.deliveries {
            writer.beginObject()
            writer.member("event_id", string: archived.event.id.rawValue)
            writer.member("name", string: archived.event.name)
            writer.member("accepted_at", string: archived.event.acceptedAt.rfc3339)
            writer.key("delivery")
            EventWriter.write(archived.delivery, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.member("next_cursor", stringOrNull: page.next.map { "\($0.sequence.rawValue).\($0.provider)" })
        writer.endObject()
        return writer.bytes
    }
}
