import Access
import Events
import JSON
import Journal
import Reports
import Routing

/// `GET /v1/deliveries`: deliveries that did not succeed at once (retrying, rejected, uncertain and so on), in journal order, in pages.
struct DeliveriesHandler: Sendable {
    private let archive: any EventArchive
    private let removed: RemovedProviders
    private let csv: CSVResponder

    init(_ services: EndpointServices) {
        archive = services.given.journal
        removed = RemovedProviders(services)
        csv = CSVResponder(services)
    }

    /// The parameters that select deliveries.
    static let filterNames: Set<String> = DeliveryFilter.parameterNames.union(["event_id", "duplicate_at_vendor"])

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let parameters = try ListParameters(call.query, allowed: Self.filterNames.union(["limit", "cursor"]))
        let filter = try Self.filter(parameters, of: call.client.tenant)
        if call.wantsCSV {
            try parameters.refusePages()
            let untried = try await problems { () throws(StoreError) in
                try await Self.untried(filter, archive, removed)
            }
            let list = DeliveriesCSV(archive, filter, untriedAt: untried)
            return try await csv.respond(to: call, list, named: "deliveries", needing: .readEvents)
        }
        let limit = try parameters.limit()
        let cursor = try parameters.cursor(Self.cursor)
        let page = try await problems { () throws(StoreError) in
            try await archive.deliveries(
                matching: filter,
                untriedAt: try await Self.untried(filter, archive, removed),
                after: cursor,
                limit: limit
            )
        }
        return .json(Self.json(page))
    }

    private func problems<Value>(_ read: () async throws(StoreError) -> Value) async throws(Problem) -> Value {
        do { return try await read() } catch { throw Problem(error) }
    }

    /// The deliveries that the parameters select.
    static func filter(_ parameters: ListParameters, of tenant: TenantID) throws(Problem) -> DeliveryFilter {
        var filter = try DeliveryFilter(parameters, tenant: tenant)
        filter.eventIDs = parameters.all("event_id").map { EventID($0) }
        filter.duplicateAtVendor = try parameters.flag("duplicate_at_vendor")
        return filter
    }

    /// The providers for which deliveries that were never tried are listed too.
    static func untried(
        _ filter: DeliveryFilter,
        _ archive: any EventArchive,
        _ removed: RemovedProviders
    ) async throws(StoreError) -> [ProviderName] {
        try await filter.statuses.contains(.pending) ? archive.providersWithBacklog() : removed.withBacklog
    }

    /// A cursor names the last delivery of a page, `<sequence>.<provider>`; clients pass it back unchanged.
    static func cursor(_ text: String) -> DeliveryCursor? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let sequence = SequenceNumber(text: parts[0]), sequence > 0 else { return nil }
        return DeliveryCursor(sequence: sequence, provider: ProviderName(String(parts[1])))
    }

    /// A cursor's text for clients.
    static func text(_ cursor: DeliveryCursor) -> String { "\(cursor.sequence.rawValue).\(cursor.provider)" }

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
            let planned = archived.event.plan.destination(at: archived.delivery.provider)
            EventWriter.write(archived.delivery, planned: planned, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.member("next_cursor", stringOrNull: page.next.map(text))
        writer.endObject()
        return writer.bytes
    }
}
