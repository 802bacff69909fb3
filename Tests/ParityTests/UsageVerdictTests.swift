import Events
import Parity
import Testing

/// What a vendor's figure is beside the journal's, over all reasons for which it may be another one.
@Suite struct UsageVerdictTests {
    private static let window = ReadWindow(from: Timestamp(milliseconds: 1000), until: Timestamp(milliseconds: 2000))
    private static let later = ReadWindow(from: Timestamp(milliseconds: 1500), until: Timestamp(milliseconds: 2500))
    private static let readAt = Timestamp(milliseconds: 10_000)

    private static func rules(_ clock: BillingClock = .eventTime, isFloat: Bool = false) -> UsageRules {
        UsageRules(
            traits: UsageTraits(
                scope: .customer,
                isFloat: isFloat,
                numbers: .numbersOnly,
                lag: .seconds(1)
            ),
            clock: clock,
            window: window,
            readAt: readAt,
            lag: .seconds(5)
        )
    }

    private static func metric(_ aggregate: MetricAggregate) -> UsageMetric {
        UsageMetric(
            name: "api",
            aggregate: aggregate,
            property: aggregate.needsProperty ? "n" : nil,
            ids: ["p": "m"]
        )
    }

    /// An event of the journal, and what became of it.
    private struct Event {
        var value = "1"
        var occurred: Int64 = 1500
        /// Nil: it was not delivered.
        var received: Int64? = 1600
    }

    private static func totals(_ events: [Event], _ metric: UsageMetric, _ rules: UsageRules) -> UsageTotals {
        var totals = UsageTotals(metric, rules)
        for (index, event) in events.enumerated() {
            let time = Timestamp(milliseconds: event.occurred)
            let properties = JSONText(checked: #"{"n":\#(event.value)}"#)
            let accepted = AcceptedEvent(
                CanonicalEvent(name: "api", customerID: "c", timestamp: time, properties: properties),
                id: EventID("e\(index)"),
                in: Submission(
                    tenant: "t",
                    client: "c",
                    acceptedAt: Timestamp(milliseconds: 0),
                    plan: Plan(route: "r", destinations: [])
                )
            )
            totals.add(
                ExpectedEvent(
                    sequence: SequenceNumber(Int64(index + 1)),
                    event: accepted,
                    sent: VendorEvent(id: nil, name: "api", customerID: "c", timestamp: time, properties: properties),
                    state: event.received.map {
                        .delivered(deduplicated: false, at: Timestamp(milliseconds: $0))
                    } ?? .waiting(next: nil)
                )
            )
        }
        return totals
    }

    private static func verdict(
        _ shown: String?,
        _ events: [Event],
        _ aggregate: MetricAggregate = .sum,
        _ rules: UsageRules = rules(),
        period: ReadWindow? = nil,
        definition: CatalogueMetric? = nil
    ) -> UsageVerdict {
        let metric = metric(aggregate)
        return UsageVerdict.of(
            shown.map { VendorUsage(metric: "m", customerID: "c", units: $0, events: nil, period: period) },
            totals(events, metric, rules),
            metric,
            rules,
            definition: definition,
            vendor: "Acme"
        )
    }

    private static func detail(_ verdict: UsageVerdict) -> String {
        if case .explained(_, let detail) = verdict { detail } else { "" }
    }

    private static func cause(_ verdict: UsageVerdict) -> Cause? {
        if case .explained(let cause, _) = verdict { cause } else { nil }
    }

    @Test(arguments: MetricAggregate.allCases)
    func `the journal's figure is equal, however it is written`(aggregate: MetricAggregate) {
        let events = [Event(value: "2.5"), Event(value: "10", occurred: 1400), Event(value: "2.5", occurred: 1300)]
        let right: [MetricAggregate: String] = [.count: "3", .sum: "15", .max: "10", .unique: "2", .latest: "2.5"]
        for text in [right[aggregate]!, right[aggregate]! + (aggregate == .latest ? "0" : ".0")] {
            #expect(Self.verdict(text, events, aggregate) == .equal)
        }
        #expect(Self.verdict(nil, events, aggregate) == .open)
        #expect(Self.verdict(nil, [], aggregate) == .equal, "nothing was used, and nothing is billed")
        #expect(Self.verdict("7", [], aggregate) == .open)
    }

    @Test func `only a vendor with binary floats may round`() {
        let events = [Event(value: "0.1"), Event(value: "0.2")]
        #expect(Self.verdict("0.30000000000000004", events, .sum, Self.rules(isFloat: true)) == .rounding)
        #expect(Self.verdict("0.30000000000000004", events, .sum, Self.rules()) == .open)
        #expect(Self.verdict("0.3001", events, .sum, Self.rules(isFloat: true)) == .open)
    }

    @Test func `another period is named, and one that makes no difference is not`() {
        let events = [Event(), Event(occurred: 1900)]
        #expect(Self.verdict("2", events, period: Self.later) == .equal)
        let verdict = Self.verdict("1", events, period: Self.later)
        #expect(Self.cause(verdict) == .otherPeriod && Self.detail(verdict).contains(Self.later.until.rfc3339))
        #expect(Self.verdict("7", events, period: Self.window) == .open)
    }

    @Test func `a vendor that bills by receipt bills late events when they come`() {
        let events = [Event(value: "5"), Event(value: "7", occurred: 500), Event(value: "11", received: 2600)]
        #expect(Self.verdict("12", events, .sum, Self.rules(.receipt)) == .equal)
        #expect(Self.cause(Self.verdict("16", events, .sum, Self.rules(.receipt))) == .otherPeriod)
        #expect(Self.verdict("16", events, .sum, Self.rules(.eventTime)) == .equal)
        #expect(Self.cause(Self.verdict("12", events, .sum, Self.rules(.eventTime))) == .otherPeriod)
    }

    @Test func `events that are not delivered are missing at the vendor`() {
        let events = [Event(value: "5"), Event(value: "7", received: nil)]
        #expect(Self.verdict("12", events) == .equal)
        #expect(Self.verdict("5", events) == .explained(.usageDiffers, detail: "1 of the events are not delivered."))
    }

    @Test func `values that the vendor does not take for numbers are another way to compute`() {
        #expect(Self.cause(Self.verdict("5", [Event(value: "5"), Event(value: #""7""#)])) == .aggregationDiffers)
    }

    @Test(arguments: [("3", MetricAggregate.count), ("7", .max), ("2", .latest)])
    func `a figure of another aggregate is named`(shown: String, other: MetricAggregate) {
        let events = [Event(value: "7", occurred: 1200), Event(value: "5", occurred: 1300), Event(value: "2")]
        let verdict = Self.verdict(shown, events)
        #expect(Self.cause(verdict) == .aggregationDiffers && Self.detail(verdict).contains(other.rawValue))
    }

    @Test(arguments: [
        (MetricAggregate.count, String?.none, String?.none, "is a count_agg"), (.sum, "m", nil, "the property \"m\""),
        (.sum, "n", "region in (eu)", "only events with region in (eu)"),
    ])
    func `a metric that is defined otherwise is named where the figures differ`(
        aggregate: MetricAggregate,
        property: String?,
        filter: String?,
        words: String
    ) {
        let definition = CatalogueMetric(
            id: "m",
            name: "M",
            eventName: "api",
            aggregate: aggregate,
            vendorAggregate: "\(aggregate.rawValue)_agg",
            property: property,
            filter: filter
        )
        let verdict = Self.verdict("9", [Event(value: "5")], definition: definition)
        #expect(Self.cause(verdict) == .aggregationDiffers && Self.detail(verdict).contains(words), "\(verdict)")
        #expect(Self.verdict("5", [Event(value: "5")], definition: definition) == .equal)
    }

    @Test func `the latest events may not be counted yet`() {
        let events = [Event(value: "5"), Event(value: "7", received: 9000), Event(value: "11", received: 9500)]
        for shown in ["5", "12"] { #expect(Self.cause(Self.verdict(shown, events)) == .staleTotal, "\(shown)") }
        #expect(Self.verdict("4", events) == .open)
        #expect(Self.verdict("24", events) == .open)
        let settled = [Event(value: "5"), Event(value: "7")]
        #expect(Self.verdict("5", settled + [Event(value: "1", received: 4000)]) == .open)
    }

    @Test func `a figure that is too long to be told is never equal`() {
        let events = [Event(value: "1e38"), Event(value: "0.1")]
        guard case .unknown = Self.verdict("1e38", events) else {
            Issue.record("a sum of more digits than are held was compared")
            return
        }
    }

    /// Whatever the events and whatever is shown: only the right figure is equal, and nothing else is without a finding.
    @Test(arguments: MetricAggregate.allCases, [BillingClock.eventTime, .receipt])
    func `no other figure is ever equal`(aggregate: MetricAggregate, clock: BillingClock) {
        let choices: [Event] = [
            Event(value: "3"), Event(value: "4", occurred: 500), Event(value: "5", received: nil),
            Event(value: "6", received: 9000), Event(value: #""8""#), Event(value: "-2", received: 2600),
        ]
        for mask in 0..<(1 << choices.count) {
            let events = choices.indices.filter { mask >> $0 & 1 == 1 }.map { choices[$0] }
            let rules = Self.rules(clock)
            let right = Self.totals(events, Self.metric(aggregate), rules).planned.units(aggregate)
            for shown in -3...30 {
                let verdict = Self.verdict("\(shown)", events, aggregate, rules)
                let isRight = right.map { UsageFigure("\(shown)").equals($0) } ?? false
                #expect(
                    (verdict == .equal) == isRight,
                    "\(aggregate), \(clock), \(mask): \(shown) against \(right ?? "-")"
                )
            }
        }
    }
}
