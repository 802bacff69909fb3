import Events
import Testing

@testable import Vendors

/// What is left of a vendor's page: the events that were asked for.
@Suite struct VendorFilterTests {
    private let event = VendorEvent(
        id: "é",
        name: "n",
        customerID: "c",
        subscriptionID: nil,
        timestamp: Timestamp(milliseconds: 1000),
        source: "s"
    )

    @Test(arguments: [
        (EventFilter(), true), (EventFilter(ids: ["é"]), true), (EventFilter(ids: ["x", "é"]), true),
        (EventFilter(ids: ["e\u{301}"]), false), (EventFilter(names: ["m", "n"]), true),
        (EventFilter(names: ["N"]), false),
        (EventFilter(customerIDs: ["c"]), true), (EventFilter(customerIDs: ["d"]), false),
        // A vendor that shows no subscription has no event of one.
        (EventFilter(subscriptionIDs: ["x"]), false), (EventFilter(sources: ["s"]), true),
        (EventFilter(sources: [""]), false),
        (EventFilter(from: Timestamp(milliseconds: 1000)), true),
        (EventFilter(from: Timestamp(milliseconds: 1001)), false),
        (EventFilter(before: Timestamp(milliseconds: 1001)), true),
        (EventFilter(before: Timestamp(milliseconds: 1000)), false),
        (EventFilter(ids: ["é"], names: ["n"], customerIDs: ["c"], sources: ["s"]), true),
        (EventFilter(ids: ["é"], names: ["x"]), false),
    ])
    func `each condition must hold, the end of the window excluded`(filter: EventFilter, takes: Bool) {
        #expect(filter.takes(event) == takes)
    }

    @Test func `an event without an id is none of those that are named`() {
        let nameless = VendorEvent(id: nil, name: "n", timestamp: Timestamp(milliseconds: 0))
        #expect(EventFilter(names: ["n"]).takes(nameless))
        #expect(!EventFilter(ids: [""]).takes(nameless))
    }
}
