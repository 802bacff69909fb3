import Events
import Parity
import Testing

/// Which events are on the bill of a period, by either clock.
@Suite struct UsageTotalsTests {
    private static let window = ReadWindow(from: Timestamp(milliseconds: 1000), until: Timestamp(milliseconds: 2000))

    private static func rules(_ clock: BillingClock, lag: Duration = .seconds(5)) -> UsageRules {
        UsageRules(
            traits: UsageTraits(scope: .customer, isFloat: false, numbers: .numbersOnly, lag: .seconds(1)),
            clock: clock,
            window: window,
            readAt: Timestamp(milliseconds: 10_000),
            lag: lag
        )
    }

    private static func event(
        occurred: Int64,
        accepted: Int64,
        _ state: LedgerState,
        sent: String? = nil,
        _ own: String = #"{"n":7}"#
    ) -> ExpectedEvent {
        let time = Timestamp(milliseconds: occurred)
        let event = AcceptedEvent(
            CanonicalEvent(name: "api", customerID: "c", timestamp: time, properties: JSONText(checked: own)),
            id: "e",
            in: Submission(
                tenant: "t",
                client: "c",
                acceptedAt: Timestamp(milliseconds: accepted),
                plan: Plan(route: "r", destinations: [])
            )
        )
        let shown = VendorEvent(id: nil, name: "api", timestamp: time, properties: sent.map { JSONText(checked: $0) })
        return ExpectedEvent(sequence: 1, event: event, sent: sent == nil ? nil : shown, state: state)
    }

    /// When it occurred, was accepted and was delivered; when it was received, and whether it is in the period by either clock.
    private static let memberships:
        [(occurred: Int64, accepted: Int64, at: Int64?, received: Int64, occursIn: Bool, arrivesIn: Bool)] = [
            (1500, 1500, 1600, 1600, true, true), (500, 1500, 1600, 1600, false, true),
            (1500, 2500, 2600, 2600, true, false), (500, 600, 700, 700, false, false),
            // The first and the last millisecond.
            (1000, 900, 1000, 1000, true, true), (1999, 1999, 1999, 1999, true, true),
            (2000, 1999, 2000, 2000, false, false), (999, 900, 999, 999, false, false),
            // Nothing arrives before it was accepted, whatever a clock says; without a record it came when it was accepted.
            (1500, 1700, 900, 1700, true, true), (1500, 1700, nil, 1700, true, true),
            (500, 2500, nil, 2500, false, false),
        ]

    @Test(arguments: memberships)
    func `counts a delivered event by when it occurred or by when it came`(
        event: (occurred: Int64, accepted: Int64, at: Int64?, received: Int64, occursIn: Bool, arrivesIn: Bool)
    ) {
        let state = LedgerState.delivered(deduplicated: false, at: event.at.map { Timestamp(milliseconds: $0) })
        let expected = Self.event(occurred: event.occurred, accepted: event.accepted, state)
        let byTime = Self.rules(.eventTime).membership(of: expected)
        #expect(byTime.received == Timestamp(milliseconds: event.received))
        #expect(byTime.isMine == event.occursIn && byTime.isOthers == event.arrivesIn)
        let byReceipt = Self.rules(.receipt).membership(of: expected)
        #expect(byReceipt.isMine == event.arrivesIn && byReceipt.isOthers == event.occursIn)
        #expect(byTime.isKnown == (event.occursIn || event.arrivesIn))
    }

    @Test(
        arguments: [LedgerState.waiting(next: nil), .rejected(nil), .uncertain, .discarded],
        [BillingClock.eventTime, .receipt]
    )
    func `plans what has not arrived for the period in which it occurred`(state: LedgerState, clock: BillingClock) {
        let inside = Self.rules(clock).membership(of: Self.event(occurred: 1500, accepted: 5000, state))
        #expect(inside.received == nil && inside.isMine && inside.isOthers)
        let outside = Self.rules(clock).membership(of: Self.event(occurred: 500, accepted: 1500, state))
        #expect(outside.received == nil && !outside.isKnown)
    }

    // MARK: Totals

    private static let metric = UsageMetric(name: "api", aggregate: .sum, property: "n", ids: ["p": "m"])

    private static func totals(_ events: [ExpectedEvent], _ rules: UsageRules) -> [String?] {
        var totals = UsageTotals(metric, rules)
        for event in events { totals.add(event) }
        return [totals.planned, totals.delivered, totals.readByVendor, totals.settled, totals.otherClock]
            .map { $0.units(.sum) }
    }

    private static func delivered(_ at: Int64) -> LedgerState {
        .delivered(deduplicated: false, at: Timestamp(milliseconds: at))
    }

    @Test func `adds to all that an event is in`() {
        let rules = Self.rules(.eventTime)
        let early = Self.event(occurred: 1500, accepted: 1500, Self.delivered(1600))
        #expect(Self.totals([early], rules) == ["7", "7", "7", "7", "7"])
        let waiting = Self.event(occurred: 1500, accepted: 1500, .waiting(next: nil))
        #expect(Self.totals([waiting], rules) == ["7", "0", "0", "0", "0"])
        let late = Self.event(occurred: 1500, accepted: 2500, Self.delivered(2500))
        #expect(Self.totals([late], rules) == ["7", "7", "7", "7", "0"])
        let arrived = Self.event(occurred: 500, accepted: 1500, Self.delivered(1500))
        #expect(Self.totals([arrived], rules) == ["0", "0", "0", "0", "7"])
        let nowhere = Self.event(occurred: 1500, accepted: 1500, .notPlanned)
        #expect(Self.totals([nowhere], rules) == ["0", "0", "0", "0", "0"])
    }

    /// The vendor was asked at 10 s, and may take 5 s to count an event.
    @Test(arguments: [(Int64(5000), "7"), (5001, "0")])
    func `leaves out of what is settled what the vendor may not have counted`(at: Int64, settled: String) {
        let event = Self.event(occurred: 1500, accepted: 1500, Self.delivered(at))
        #expect(Self.totals([event], Self.rules(.eventTime)) == ["7", "7", "7", settled, "0"])
    }

    @Test func `takes the vendor's numbers of what was sent, and its own of what was accepted`() {
        let sent = Self.event(occurred: 1500, accepted: 1500, Self.delivered(1600), sent: #"{"n":"7"}"#)
        #expect(Self.totals([sent], Self.rules(.eventTime)) == ["7", "7", "0", "0", "0"], "it takes no text")
        let text = Self.event(occurred: 1500, accepted: 1500, Self.delivered(1600), sent: #"{"n":7}"#, #"{"n":"x"}"#)
        #expect(Self.totals([text], Self.rules(.eventTime)) == ["0", "0", "7", "7", "7"])
    }
}
