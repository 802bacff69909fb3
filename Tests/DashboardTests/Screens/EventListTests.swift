import Events
import Journal
import Testing

@testable import Dashboard

/// The list of events: its rows, its filter and what it says where there is nothing.
@Suite struct EventListTests {
    private func page(
        _ events: [ArchivedEvent] = [],
        filter: [String: String] = [:],
        cursor: String? = nil,
        next: String? = nil,
        stoppedAt: EventCursor? = nil,
        hidesProperties: Bool = false
    ) -> EventsPage {
        EventsPage(
            EventFilterForm({ filter[$0] }, providers: ["lago", "polar"]),
            EventPage(events: events, hasMore: false, stoppedAt: stoppedAt),
            limit: 100,
            cursor: cursor,
            next: next,
            hidesProperties: hidesProperties
        )
    }

    private func event(customer: String?, subscription: String?, _ deliveries: [Delivery] = []) -> ArchivedEvent {
        let accepted = AcceptedEvent(
            CanonicalEvent(
                name: "api",
                customerID: customer,
                subscriptionID: subscription,
                timestamp: SamplePages.now,
                properties: JSONText(checked: #"{"secret":"s3cret"}"#)
            ),
            id: "a/b",
            in: SamplePages.accepted("x").submission
        )
        return ArchivedEvent(sequence: 12, event: accepted, deliveries: deliveries)
    }

    @Test(
        arguments: [("c", "s", "c"), ("c", nil, "c"), (nil, "s", "s"), (nil, nil, "-")] as [(String?, String?, String)]
    )
    func `a row names the customer, else the subscription`(customer: String?, subscription: String?, shown: String)
        throws
    {
        let row = try #require(page([event(customer: customer, subscription: subscription)]).rows.first)
        #expect(row.customerID == shown && row.href == "/dashboard/events/a%2Fb" && row.key == "event-12")
        #expect(row.at.text == "2027-01-15 08:00:00.000")
    }

    @Test(arguments: DeliveryStatus.allCases)
    func `a row has a mark for each delivery`(status: DeliveryStatus) throws {
        let deliveries = ["lago", "polar"].map {
            Delivery(provider: ProviderName($0), adapter: "lago", mode: .primary, status: status)
        }
        let row = try #require(page([event(customer: "c", subscription: nil, deliveries)]).rows.first)
        #expect(row.deliveries.map(\.mark) == [status.rawValue, status.rawValue])
        #expect(row.deliveries.map(\.text) == ["lago: \(status.rawValue)", "polar: \(status.rawValue)"])
    }

    /// Whoever may not see properties sees none in the rows, and has no CSV of them.
    @Test(arguments: [false, true])
    func `hides values from whoever may not see them`(hides: Bool) throws {
        let hidden = page([event(customer: "c", subscription: nil)], hidesProperties: hides)
        let row = try #require(hidden.rows.first)
        #expect(row.details.contains("s3cret") != hides && row.details.contains("\"secret\""))
        #expect((hidden.pager.csv == nil) == hides)
    }

    @Test(
        arguments: [
            ([:], nil, false), (["order": "oldest"], nil, false), (["name": "x"], nil, true),
            (["window": "1h"], nil, true),
            (["delivery_status": "rejected"], nil, true), ([:], "c", true),
        ] as [([String: String], String?, Bool)]
    )
    func `tells nothing that matches from nothing at all`(filter: [String: String], cursor: String?, isFiltered: Bool) {
        let page = page(filter: filter, cursor: cursor)
        #expect(page.isFiltered == isFiltered && !page.hasRows)
        let frame = PageFrame(environment: nil, isSandbox: false, client: nil, current: .events)
        let html = PageTemplates.content(page, in: frame)
        #expect(html.contains("No event matches.") == isFiltered && html.contains("No events yet.") != isFiltered)
    }

    @Test func `says what else may be searched for where a customer has no events`() {
        #expect(page(filter: ["customer_id": "c"]).searchNote != nil)
        #expect(page(filter: ["name": "c"]).searchNote == nil)
        let found = page([event(customer: "c", subscription: nil)], filter: ["customer_id": "c"])
        #expect(found.searchNote == nil)
    }

    @Test func `says how far a search came, in the direction of the list`() {
        let cursor = EventCursor(timestamp: SamplePages.now, sequence: 3)
        for (order, direction) in [(nil, "back"), ("newest", "back"), ("oldest", "up"), ("other", "back")]
            as [(String?, String)]
        {
            let page = page(filter: order.map { ["order": $0] } ?? [:], stoppedAt: cursor)
            #expect(page.direction == direction && page.stoppedAt?.text == "2027-01-15 08:00:00")
        }
        #expect(page().stoppedAt == nil)
    }

    @Test func `keeps the filter in the links to other pages, and in the CSV`() {
        let filter = ["name": "a b", "customer_id": "", "order": "oldest"]
        let page = page(filter: filter, cursor: "5", next: "9")
        #expect(page.pager.first == "/dashboard/events?name=a%20b&order=oldest")
        #expect(page.pager.next == "/dashboard/events?name=a%20b&order=oldest&cursor=9")
        #expect(page.pager.csv == "/dashboard/events.csv?name=a%20b&order=oldest")
    }

    /// What somebody chose is chosen again; what is unknown is no choice.
    @Test func `chooses again what was chosen`() {
        func form(_ values: [String: String]) -> EventFilterForm {
            EventFilterForm({ values[$0] }, providers: ["lago", "polar"])
        }
        let chosen = form([
            "window": "24h", "delivery_provider": "polar", "delivery_status": "uncertain", "order": "oldest",
        ])
        #expect(chosen.windows.filter(\.isChosen).map(\.label) == ["last 24 h"])
        #expect(chosen.providers.filter(\.isChosen).map(\.value) == ["polar"])
        #expect(chosen.statuses.filter(\.isChosen).map(\.value) == ["uncertain"])
        #expect(chosen.orders.filter(\.isChosen).map(\.label) == ["oldest first"] && chosen.isOldestFirst)
        let other = form(["window": "2h", "delivery_provider": "x", "delivery_status": "Uncertain", "order": "random"])
        let choices = other.windows + other.providers + other.statuses + other.orders
        #expect(choices.allSatisfy { !$0.isChosen } && !other.isOldestFirst)
        #expect(form([:]).orders.filter(\.isChosen).map(\.value) == ["newest"])
        #expect(form([:]).statuses.map(\.value) == DeliveryStatus.allCases.map(\.rawValue))
    }
}
