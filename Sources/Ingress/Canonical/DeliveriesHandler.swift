import Events
import JSON
import Journal
import Routing

/// `GET /v1/deliveries`: what did not simply arrive (retrying, rejected, uncertain and so on), in journal order, in pages.
struct DeliveriesHandler: Sendable {
    private let archive: any EventArchive
    private let removed: RemovedProviders
    private static let largestPage = 1000

    init(_ services: EndpointServices) {
        archive = services.given.journal
        removed = RemovedProviders(services)
    }

    /// The parameters that it takes.
    static let names: Set<String> = [
        "provider", "status", "event_id", "name", "error_code", "accepted_from", "accepted_before", "limit", "cursor",
    ]

    /// Several values of a parameter stand in one, separated by commas.
    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let query = call.query
        if let stranger = query.keys.sorted().first(where: { !Self.names.contains($0) }) {
            throw Problem.badParameter(
                stranger,
                "is no parameter here; there are \(Self.names.sorted().joined(separator: ", "))"
            )
        }
        func words(_ name: String) -> [String] { query[name]?.split(separator: ",").map(String.init) ?? [] }
        var filter = DeliveryFilter(tenant: call.client.tenant)
        filter.provider = query["provider"].map { ProviderName($0) }
        filter.statuses = try DeliveryWords.statuses(words("status"))
        filter.eventIDs = query["event_id"].map { [EventID($0)] } ?? []
        filter.names = query["name"].map { [$0] } ?? []
        filter.errorCodes = try DeliveryWords.errorCodes(words("error_code"))
        filter.acceptedFrom = try query["accepted_from"].map { try DeliveryWords.moment("accepted_from", $0) }
        filter.acceptedBefore = try query["accepted_before"].map { try DeliveryWords.moment("accepted_before", $0) }
        let limit = try Self.limit(query["limit"])
        let page: DeliveryPage
        do {
            let asksForPending = filter.statuses.contains(.pending)
            page = try await archive.deliveries(
                matching: filter,
                untriedAt: asksForPending ? archive.providersWithBacklog() : removed.withBacklog,
                after: try Self.cursor(query["cursor"]),
                limit: limit
            )
        } catch let error as StoreError {
            throw Problem(error)
        }
        return .json(Self.json(page))
    }

    private static func limit(_ text: String?) throws -> Int {
        guard let text else { return 100 }
        guard let limit = Int(text), (1...largestPage).contains(limit) else {
            throw Problem.badParameter("limit", "is a whole number from 1 to \(largestPage)")
        }
        return limit
    }

    /// A cursor is the last delivery's place, `<sequence>.<provider>`; clients pass it back as it is.
    private static func cursor(_ text: String?) throws -> DeliveryCursor? {
        guard let text else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let sequence = SequenceNumber(text: parts[0]), sequence > 0 else {
            throw Problem.badParameter("cursor", "is what an earlier page gave as next_cursor")
        }
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
