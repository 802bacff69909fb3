import Access
import Events
import JSON
import Journal
import Reports
import Routing

/// `GET /v1/events` and `GET /v1/events/names`: search of the journal by the events' fields.
struct EventListHandler: Sendable {
    private let search: any EventArchive
    private let vendors: VendorReadHandler
    private let csv: CSVResponder

    init(_ services: EndpointServices) {
        search = services.given.journal
        csv = CSVResponder(services)
        vendors = VendorReadHandler(services)
    }

    /// A page of events of the journal, or of a vendor.
    func events(_ call: EndpointCall) async throws -> EndpointResponse {
        let query = try call.listQuery(ListQuery.filterNames.union(ListQuery.pageNames))
        if call.wantsCSV {
            try query.checkForCSV()
            let list = EventsCSV(search, try query.filter, try query.order, of: call.client.tenant)
            return try await csv.respond(to: call, list, named: "events", needing: .readEvents)
        }
        if let provider = try query.provider {
            return .json(try await vendors.events(query, at: provider, for: call.caller))
        }
        return .json(try await events(query, of: call.client))
    }

    /// A page of the names that occur in the journal, or at a vendor.
    func names(_ call: EndpointCall) async throws -> EndpointResponse {
        let query = try call.listQuery(ListQuery.filterNames.union(ListQuery.namePageNames))
        if let provider = try query.provider {
            try query.refuseNamePages()
            return .json(try await vendors.names(query, at: provider, for: call.caller))
        }
        return .json(try await names(query, of: call.client))
    }

    /// A page of events, newest first unless `order=oldest` says otherwise.
    private func events(_ query: ListQuery, of client: Client) async throws -> [UInt8] {
        let question = EventSearch(
            try query.filter,
            order: try query.order,
            after: try query.cursor,
            limit: try query.limit
        )
        let page: EventPage
        do {
            page = try await search.search(question, of: client.tenant)
        } catch {
            throw Problem(error)
        }
        var writer = JSONWriter(capacity: 512 * (page.events.count + 1))
        writer.beginObject()
        writer.key("events")
        writer.beginArray()
        for event in page.events {
            writer.beginObject()
            EventWriter.writeMembers(of: event, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.member("next_cursor", stringOrNull: page.next.map(ListQuery.text))
        // Only if the time ran out: all events before it, in the list's order, were examined.
        if let stopped = page.stoppedAt { writer.member("searched_until", string: stopped.timestamp.rfc3339) }
        writer.endObject()
        return writer.bytes
    }

    /// A page of the names that occur among the events that match the filter.
    private func names(_ query: ListQuery, of client: Client) async throws -> [UInt8] {
        let page: EventNamePage
        do {
            page = try await search.names(
                try query.filter,
                of: client.tenant,
                after: try query.nameCursor,
                limit: try query.nameLimit
            )
        } catch let error as StoreError {
            throw Problem(error)
        }
        return Self.json(page.names, next: page.next, provider: nil)
    }

    /// - Parameters:
    ///   - next: the cursor of the next page; nil if this is the last.
    ///   - provider: where the names are; nil for the journal.
    static func json(_ names: [EventNameSummary], next: String? = nil, provider: ProviderName?) -> [UInt8] {
        var writer = JSONWriter(capacity: 160 * (names.count + 1))
        writer.beginObject()
        writer.key("names")
        writer.beginArray()
        for name in names {
            writer.beginObject()
            writer.member("name", string: name.name)
            writer.member("count", integer: name.count)
            writer.member("first_seen", string: name.firstSeen.rfc3339)
            writer.member("last_seen", string: name.lastSeen.rfc3339)
            writer.endObject()
        }
        writer.endArray()
        if let provider {
            writer.member("provider", string: provider.rawValue)
        } else {
            writer.member("next_cursor", stringOrNull: next)
        }
        writer.endObject()
        return writer.bytes
    }
}
