import Access
import Events
import JSON
import Journal
import Reports
import Routing

/// `GET /v1/deliveries/groups`: how many deliveries have the same provider, status, error code and event name.
struct DeliveryGroupsHandler: Sendable {
    private let archive: any EventArchive
    private let removed: RemovedProviders

    init(_ services: EndpointServices) {
        archive = services.given.journal
        removed = RemovedProviders(services)
    }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let parameters = try ListParameters(
            call.query,
            allowed: DeliveriesHandler.filterNames.union(["cursor"])
        )
        let filter = try DeliveriesHandler.filter(parameters, of: call.client.tenant)
        let cursor = try parameters.cursor(DeliveriesHandler.cursor)
        do {
            let groups = try await DeliveryGrouping(archive).groups(
                matching: filter,
                untriedAt: try await DeliveriesHandler.untried(filter, archive, removed),
                after: cursor
            )
            return .json(Self.json(groups))
        } catch {
            throw Problem(error)
        }
    }

    private static func json(_ groups: DeliveryGroups) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 * (groups.groups.count + 1))
        writer.beginObject()
        writer.key("groups")
        writer.beginArray()
        for group in groups.groups { write(group, to: &writer) }
        writer.endArray()
        writer.member("other", integer: groups.others)
        writer.member("total", integer: groups.total)
        writer.member("counted_until", stringOrNull: groups.countedUntil?.rfc3339)
        writer.member("next_cursor", stringOrNull: groups.next.map(DeliveriesHandler.text))
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ group: DeliveryGroup, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: group.key.provider.rawValue)
        writer.member("status", string: group.key.status.rawValue)
        writer.member("error_code", stringOrNull: group.key.errorCode?.rawValue)
        writer.member("name", string: group.key.name)
        writer.member("count", integer: group.count)
        writer.member("first_accepted_at", string: group.first.rfc3339)
        writer.member("last_accepted_at", string: group.last.rfc3339)
        writer.key("example")
        writer.beginObject()
        writer.member("event_id", string: group.example.eventID.rawValue)
        writer.member("message", stringOrNull: group.example.fault?.message)
        writer.member("vendor", stringOrNull: group.example.fault?.vendor)
        writer.endObject()
        writer.endObject()
    }
}
