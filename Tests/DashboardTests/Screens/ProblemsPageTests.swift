import Events
import Journal
import Reports
import Testing

@testable import Dashboard

@Suite struct ProblemsPageTests {
    private func page(
        code: DeliveryErrorCode? = .invalidEvent,
        status: DeliveryStatus = .rejected,
        filter: [String: String] = [:],
        by order: TableOrder<ProblemsPage.Column>? = nil,
        next: DeliveryCursor? = nil,
        mayRevise: Bool = true
    ) throws -> ProblemsPage {
        var tally = DeliveryTally()
        let fault = code.map { DeliveryFault(code: $0, message: "refuses the event") }
        let delivery = Delivery(provider: "lago", adapter: "lago", mode: .primary, status: status, fault: fault)
        let event = SamplePages.accepted("api & more")
        let archived = ArchivedDelivery(
            cursor: DeliveryCursor(sequence: 1, provider: "lago"),
            event: event,
            delivery: delivery
        )
        tally.add(archived)
        return ProblemsPage(
            ProblemsFilter({ filter[$0] }, providers: ["lago"]),
            tally.result(continuingAt: nil),
            by: order,
            DeliveryPage(deliveries: [archived], next: next),
            limit: 25,
            cursor: nil,
            mayRevise: mayRevise
        )
    }

    @Test func `leads from a cause to the dry run of its retry, within the filter`() throws {
        let group = try #require(try page(filter: ["customer_id": "c-1", "provider": "other"]).groups.first)
        #expect(
            group.retryHref
                == "/dashboard/problems/plan?action=retry&scope=all&provider=lago&status=rejected"
                + "&error_code=invalid_event&name=api%20%26%20more&customer_id=c-1"
        )
    }

    @Test(
        arguments: [
            (nil, ["many", "some", "old"]), ("deliveries", ["many", "some", "old"]),
            ("-deliveries", ["old", "some", "many"]),
            ("age", ["old", "some", "many"]), ("-age", ["many", "some", "old"]), ("name", ["many", "old", "some"]),
            ("-name", ["some", "old", "many"]),
        ] as [(String?, [String])]
    )
    func `sorts causes by what is asked for`(sort: String?, names: [String]) throws {
        var tally = DeliveryTally()
        for (name, count, time) in [("old", 1, Int64(1)), ("some", 2, 2), ("many", 3, 3)] {
            for _ in 1...count {
                tally.add(
                    ArchivedDelivery(
                        cursor: DeliveryCursor(sequence: 1, provider: "lago"),
                        event: SamplePages.accepted(name, at: Timestamp(milliseconds: time)),
                        delivery: Delivery(provider: "lago", adapter: "lago", mode: .primary, status: .rejected)
                    )
                )
            }
        }
        let page = ProblemsPage(
            ProblemsFilter({ _ in nil }, providers: ["lago"]),
            tally.result(continuingAt: nil),
            by: try sort.map { try #require(TableOrder($0)) },
            DeliveryPage(deliveries: [], next: nil),
            limit: 25,
            cursor: nil,
            mayRevise: true
        )
        #expect(page.groups.map(\.eventName) == names)
    }

    @Test func `leads from the head of a column to its causes sorted by it, within the filter`() throws {
        let page = try page(filter: ["provider": "lago"])
        let deliveries = try #require(page.causeHeads.last)
        #expect(deliveries.direction == "descending")
        #expect(deliveries.sortHref == "/dashboard/problems?provider=lago&sort=-deliveries")
        #expect(page.acceptedHead.direction == nil)
        #expect(page.acceptedHead.sortHref == "/dashboard/problems?provider=lago&sort=age")
    }

    @Test func `keeps the order of the causes on other pages, and when somebody filters`() throws {
        let next = DeliveryCursor(sequence: 2, provider: "lago")
        let frame = PageFrame(environment: nil, isSandbox: false, client: nil, current: .problems)
        let sorted = try page(by: TableOrder(.age, isReversed: true), next: next)
        #expect(sorted.pager.next == "/dashboard/problems?sort=-age&limit=25&cursor=2.lago")
        let field = #"<input type="hidden" name="sort" value="-age">"#
        #expect(PageTemplates.content(sorted, in: frame).contains(field))
        let usual = try page(by: TableOrder(.deliveries), next: next)
        #expect(usual.pager.next == "/dashboard/problems?limit=25&cursor=2.lago")
        #expect(!PageTemplates.content(usual, in: frame).contains(#"name="sort""#))
    }

    @Test func `says of each code once what it means, and what to do`() throws {
        let advice = try page(code: .unknownCustomer).advice
        #expect(advice.map(\.code) == ["unknown_customer"])
        #expect(advice.first?.remedy == "create it at the vendor, then retry")
        #expect(try page(code: nil).advice.isEmpty)
    }

    @Test func `offers no retry to whoever may not, of what is discarded, or where the filter would take more`() throws
    {
        #expect(try page(mayRevise: false).groups.first?.retryHref == nil)
        #expect(try page(status: .discarded).groups.first?.retryHref == nil)
        #expect(try page(code: nil).groups.first?.retryHref == nil)
    }
}
