package import Events
import Journal

/// A page of events.
package struct EventsPage: PageContent {
    /// One event.
    struct Row: Sendable {
        let at: TimeText
        let id: String
        let href: String
        let eventName: String
        let customerID: String
        let deliveries: [Dot]
        let details: String
        let key: String
    }

    /// Where a delivery of an event is.
    struct Dot: Sendable {
        let mark: String
        let text: String
    }

    package static let template = "Events"
    package let title = "Events"
    let filter: EventFilterForm
    let rows: [Row]
    let hasRows: Bool
    let isFiltered: Bool
    /// What a search finds, for somebody who has looked for a customer that has no events; else nil.
    let searchNote: String?
    /// How far the search came, if its time ran out.
    let stoppedAt: TimeText?
    /// `back` or `up`, to where the search came.
    let direction: String
    let pager: Pager
    let sample: String

    /// - Parameters:
    ///   - next: where the next page begins; nil at the end.
    ///   - hidesProperties: whether only their names are shown.
    package init(
        _ filter: EventFilterForm,
        _ page: EventPage,
        limit: Int,
        cursor: String?,
        next: String?,
        hidesProperties: Bool
    ) {
        self.filter = filter
        rows = page.events.map { Self.row($0, hidesProperties: hidesProperties) }
        hasRows = !page.events.isEmpty
        isFiltered = filter.parameters.contains { $0.value != nil && $0.name != "order" } || cursor != nil
        searchNote = filter.customer.isEmpty || hasRows ? nil : Self.searched
        direction = filter.isOldestFirst ? "up" : "back"
        stoppedAt = page.stoppedAt.map { TimeText($0.timestamp) }
        pager = Pager(
            Screen.events.path,
            filter.parameters,
            limit: limit,
            cursor: cursor,
            next: next,
            csv: hidesProperties ? nil : "/dashboard/events.csv"
        )
        sample =
            "curl -i http://127.0.0.1:8080/v1/events -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json' "
            + #"-d '{"name":"api_request","customer_id":"customer456","properties":{"request_size":100}}'"#
    }

    private static let searched =
        "The search at the top finds an event by its id, events by their customer, and entries of the log by the id of a request (with the scope admin). "
        + "The journal keeps no request ids of events: the answer to a request, and its line in the access log, have the ids of its events."

    private static func row(_ archived: ArchivedEvent, hidesProperties: Bool) -> Row {
        let event = archived.event
        return Row(
            at: TimeText(event.timestamp, showsMilliseconds: true),
            id: event.id.rawValue,
            href: PageLink.event(event.id.rawValue),
            eventName: event.name,
            customerID: event.customerID ?? event.subscriptionID ?? "-",
            deliveries: archived.deliveries.map {
                Dot(mark: $0.status.rawValue, text: "\($0.provider): \($0.status.rawValue)")
            },
            details: EventText.canonical(event, hidesProperties: hidesProperties),
            key: "event-\(archived.sequence.rawValue)"
        )
    }
}
