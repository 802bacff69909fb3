import Events
import Journal
import Testing

@testable import JournalFormat

/// Deliveries of which the journal keeps no row, how large they are, and where events go.
@Suite struct OutcomesTests {
    private static let destination = Destination(provider: "polar", adapter: "acme", mode: .mirror)

    @Test func `a delivery that nobody has tried is pending, without a trace`() {
        let delivery = Delivery.pending(Self.destination)
        #expect(delivery.provider == "polar" && delivery.adapter == "acme" && delivery.mode == .mirror)
        #expect(
            delivery.status == .pending && delivery.attempts == 0 && delivery.history.isEmpty && delivery.lane == nil
        )
        #expect(
            delivery.httpStatus == nil && delivery.latency == nil && delivery.fault == nil && !delivery.deduplicated
        )
    }

    @Test(arguments: [true, false])
    func `a delivery of a run has its request, and was skipped without one`(deduplicated: Bool) {
        let attempt = Attempt(
            at: Timestamp(milliseconds: 7),
            latency: .milliseconds(3),
            httpStatus: 202,
            status: .delivered,
            deduplicated: deduplicated
        )
        let delivered = Delivery(settledBy: attempt, to: Self.destination, of: LaneNumber(4))
        #expect(delivered.status == .delivered && delivered.attempts == 1 && delivered.history == [attempt])
        #expect(delivered.httpStatus == 202 && delivered.latency == .milliseconds(3))
        #expect(delivered.deduplicated == deduplicated && delivered.lane == LaneNumber(4))
        let skipped = Delivery(settledBy: nil, to: Self.destination, of: nil)
        #expect(skipped.status == .skipped && skipped.attempts == 0 && skipped.history.isEmpty && !skipped.deduplicated)
    }

    // MARK: Sizes

    private static func event(_ text: String?, properties: String? = nil, plan: [Destination] = []) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                idScope: text ?? "",
                name: text ?? "",
                customerID: text,
                subscriptionID: text,
                source: text,
                properties: properties.map { JSONText(checked: $0) },
                vendor: properties.map { JSONText(checked: $0) }
            ),
            id: EventID(text ?? ""),
            in: Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: Timestamp(milliseconds: 0),
                plan: Plan(route: nil, destinations: plan)
            )
        )
    }

    /// By bytes, not by characters.
    @Test func `an event takes its texts, its JSON and some more`() {
        #expect(Self.event(nil).approximateBytes == 256)
        #expect(Self.event("ü").approximateBytes == 256 + 6 * 2)
        #expect(Self.event("ü", properties: "{\"a\":1}").approximateBytes == 256 + 12 + 14)
    }

    @Test func `a delivery takes its attempts and what they say`() {
        let fault = DeliveryFault(code: .timeout, message: "ü", vendor: "abc")
        let attempt = Attempt(
            at: Timestamp(milliseconds: 7),
            latency: .zero,
            httpStatus: nil,
            status: .retrying,
            fault: fault
        )
        func delivery(_ history: [Attempt], _ fault: DeliveryFault?) -> Delivery {
            Delivery(
                provider: "polar",
                adapter: "acme",
                mode: .mirror,
                status: .retrying,
                attempts: history.count,
                fault: fault,
                history: history
            )
        }
        #expect(delivery([], nil).approximateBytes == 256)
        #expect(delivery([], fault).approximateBytes == 256 + 64 + 2 + 3)
        #expect(delivery([attempt, attempt], fault).approximateBytes == 256 + 69 + 2 * (128 + 69))
        let archived = ArchivedEvent(
            sequence: 1,
            event: Self.event(nil),
            deliveries: [delivery([], nil), delivery([], fault)]
        )
        #expect(archived.approximateBytes == 256 + 256 + 325)
    }

    // MARK: Destinations

    private struct Membership: LaneMembership {
        let ids: Set<EventID>

        func destination(for event: AcceptedEvent) -> Destination? {
            ids.contains(event.id) ? OutcomesTests.destination : nil
        }
    }

    @Test func `an event goes where its plan says, or where its lane does`() {
        let primary = Destination(provider: "lago", adapter: "lago", mode: .primary)
        let event = Self.event("a", plan: [primary])
        #expect(AccountDestinations.plans("lago").destination(for: event) == primary)
        #expect(AccountDestinations.plans("polar").destination(for: event) == nil)
        #expect(AccountDestinations.lane(Membership(ids: ["a"])).destination(for: event) == Self.destination)
        #expect(AccountDestinations.lane(Membership(ids: [])).destination(for: event) == nil)
    }
}
