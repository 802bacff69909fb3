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
            DeliveryPage(deliveries: [archived], next: nil),
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
