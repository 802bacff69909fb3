import Access
import Dashboard
import Events
import Journal
import Reports
import Routing

/// `/dashboard/events`: a search of the tenant's events; `/dashboard/search`: from an id, a customer or a request to where it is.
struct EventsPageHandler: Sendable {
    private let archive: any EventArchive
    private let routes: CurrentRoutes
    private let clock: any WallClock
    private let recording: any AuditRecording
    private let hidesProperties: Bool
    private let csv: CSVResponder

    init(_ services: EndpointServices) {
        archive = services.given.journal
        routes = services.given.routes
        clock = services.given.clock
        recording = services.given.operations.audit.recording
        hidesProperties = services.dashboard?.settings.hidesProperties ?? false
        csv = CSVResponder(services)
    }

    func list(_ call: PageCall) async throws -> PageAnswer {
        let fields = call.fields
        let query = try query(fields)
        let filter = try filter(query, fields)
        let limit = try query.limit
        let page: EventPage
        do {
            page = try await archive.search(
                EventSearch(filter, order: try query.order, after: try query.cursor, limit: limit),
                of: call.client.tenant
            )
        } catch let error as StoreError {
            throw Problem(error)
        }
        return .page(
            EventsPage(
                EventFilterForm({ fields[$0] }, providers: providers(of: call.client)),
                page,
                limit: limit,
                cursor: fields["cursor"],
                next: page.next.map(ListQuery.text),
                hidesProperties: hidesProperties
            )
        )
    }

    /// All events that the filter takes; not where values of properties are hidden.
    func all(_ call: PageCall) async throws -> PageAnswer {
        guard !hidesProperties else { throw Problem.unknownPage("/dashboard/events.csv") }
        let query = try query(call.fields)
        let filter = try filter(query, call.fields)
        let list = EventsCSV(archive, filter, try query.order, of: call.client.tenant)
        return .other(try await csv.respond(to: call.call, list, named: "events", needing: .readEvents))
    }

    private func query(_ fields: FormFields) throws(Problem) -> ListQuery {
        let names = ListQuery.filterNames.union(ListQuery.pageNames)
        return try ListQuery(fields.query(names), allowed: names)
    }

    private func filter(_ query: ListQuery, _ fields: FormFields) throws(Problem) -> EventFilter {
        var filter = try query.filter
        if let window = fields["window"] {
            let start = try begin(window)
            filter.from = max(filter.from ?? start, start)
        }
        return filter
    }

    /// The event with an id if there is one, else the events of a customer, else what the log has of a request.
    func search(_ call: PageCall) async throws -> PageAnswer {
        guard let text = call.fields["q"] else { return .see(Screen.events.path) }
        do {
            if try await !archive.events(withID: EventID(text), of: call.client.tenant).isEmpty {
                return .see(PageLink.event(text))
            }
            let ofCustomer = EventSearch(EventFilter(customerIDs: [text]), limit: 1)
            if call.client.may(.admin), try await archive.search(ofCustomer, of: call.client.tenant).events.isEmpty,
                try await !recording.auditLog(AuditFilter(requestID: text), before: nil, limit: 1).isEmpty
            {
                return .see(PageLink.log(ofRequest: text))
            }
        } catch {
            throw Problem(error)
        }
        return .see(PageLink.address(Screen.events.path, [("customer_id", text)]))
    }

    private func begin(_ window: String) throws(Problem) -> Timestamp {
        guard let length = EventFilterForm.windows.first(where: { $0.value == window })?.length else {
            let known = EventFilterForm.windows.map(\.value).joined(separator: ", ")
            throw .badParameter("window", "must be one of \(known)")
        }
        return clock.now + (.zero - length)
    }

    private func providers(of client: Client) -> [String] {
        let routes = routes.current.routes
        return (client.may(.admin) ? routes.providers : routes.providers(for: client.name)).map(\.name.rawValue)
    }
}
