import Events
import Journal
import TestSupport
import Testing

/// Which deliveries a filter selects, and how it is shown.
@Suite struct DeliveryFilterTests {
    private let event = SampleEvent.accepted(id: "e", name: "call", customer: "c")
    private let delivery = Delivery(
        provider: "polar",
        adapter: "polar",
        mode: .primary,
        status: .rejected,
        fault: DeliveryFault(code: .invalidEvent, message: "no"),
        history: [
            Attempt(
                at: Timestamp(milliseconds: 0),
                latency: .zero,
                httpStatus: 422,
                status: .rejected,
                deduplicated: true
            )
        ]
    )

    /// Each condition by itself, with and without the delivery.
    private var conditions: [(matching: DeliveryFilter, other: DeliveryFilter)] {
        let accepted = event.acceptedAt
        return [
            (DeliveryFilter(tenant: "shop"), DeliveryFilter(tenant: "bank")),
            (DeliveryFilter(providers: ["lago", "polar"]), DeliveryFilter(providers: ["lago"])),
            (DeliveryFilter(statuses: [.rejected]), DeliveryFilter(statuses: [.uncertain, .retrying])),
            (DeliveryFilter(eventIDs: ["e"]), DeliveryFilter(eventIDs: ["f"])),
            (DeliveryFilter(names: ["call"]), DeliveryFilter(names: ["Call"])),
            (DeliveryFilter(customerIDs: ["c"]), DeliveryFilter(customerIDs: ["d"])),
            (DeliveryFilter(errorCodes: [.invalidEvent]), DeliveryFilter(errorCodes: [.timeout])),
            (DeliveryFilter(acceptedFrom: accepted), DeliveryFilter(acceptedFrom: accepted + .milliseconds(1))),
            (DeliveryFilter(acceptedBefore: accepted + .milliseconds(1)), DeliveryFilter(acceptedBefore: accepted)),
        ]
    }

    @Test func `selects everything if it has no condition`() {
        #expect(DeliveryFilter().takes(event, delivery))
    }

    @Test func `selects by each condition`() {
        for (matching, other) in conditions {
            #expect(matching.takes(event, delivery), "\(matching.summary)")
            #expect(!other.takes(event, delivery), "\(other.summary)")
        }
    }

    @Test func `selects only what meets all conditions`() {
        var all = DeliveryFilter(
            tenant: "shop",
            providers: ["polar"],
            statuses: [.rejected],
            eventIDs: ["e"],
            names: ["call"],
            customerIDs: ["c"],
            errorCodes: [.invalidEvent],
            acceptedFrom: event.acceptedAt
        )
        #expect(all.takes(event, delivery))
        all.names = ["other"]
        #expect(!all.takes(event, delivery))
    }

    @Test func `compares names and customers by their bytes`() {
        let composed = SampleEvent.accepted(name: "caf\u{E9}", customer: "caf\u{E9}")
        #expect(!DeliveryFilter(names: ["cafe\u{301}"]).takes(composed, delivery))
        #expect(!DeliveryFilter(customerIDs: ["cafe\u{301}"]).takes(composed, delivery))
    }

    @Test func `selects no event without a customer by customer`() {
        #expect(!DeliveryFilter(customerIDs: [""]).takes(SampleEvent.accepted(customer: nil), delivery))
    }

    @Test func `takes a duplicate at the vendor from the first attempt, not from a later one`() {
        let filter = DeliveryFilter(duplicateAtVendor: true)
        #expect(filter.takes(event, delivery))
        let first = Attempt(at: Timestamp(milliseconds: 0), latency: .zero, httpStatus: nil, status: .retrying)
        let retried = Delivery(
            provider: "polar",
            adapter: "polar",
            mode: .primary,
            status: .delivered,
            deduplicated: true,
            history: [first] + delivery.history
        )
        #expect(!filter.takes(event, retried))
    }

    @Test func `is shown with every condition but the tenant`() {
        #expect(DeliveryFilter(tenant: "shop").summary == "all")
        let time = Timestamp(milliseconds: 0)
        let filter = DeliveryFilter(
            providers: ["lago", "polar"],
            statuses: [.uncertain, .rejected],
            eventIDs: ["e"],
            names: ["n"],
            customerIDs: (1...7).map { "c\($0)" },
            duplicateAtVendor: true,
            errorCodes: [.timeout],
            acceptedFrom: time,
            acceptedBefore: time + .seconds(1)
        )
        #expect(
            filter.summary
                == "provider lago or polar, status rejected or uncertain, id e, name n, customer c1 and 6 more, "
                + "duplicate at the vendor, error timeout, accepted from 1970-01-01T00:00:00.000Z, "
                + "accepted before 1970-01-01T00:00:01.000Z"
        )
    }
}
