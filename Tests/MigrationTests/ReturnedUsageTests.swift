import Events
import JSON
import Journal
import Migration
import OfRecord
import Testing

/// Whose usage must be voided at the new provider after a return.
@Suite struct ReturnedUsageTests {
    private static let start = Timestamp(rfc3339: "2026-12-10T00:00:00Z")!
    private static let end = Timestamp(rfc3339: "2027-01-20T12:00:00Z")!

    private static func event(
        _ customer: String?,
        _ time: String,
        route: RouteName = "default",
        subscription: String? = nil,
        acceptedAt: Timestamp = end,
        to providers: [ProviderName] = ["polar"]
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                name: "api",
                customerID: customer,
                subscriptionID: subscription,
                timestamp: Timestamp(rfc3339: time)!
            ),
            id: "e",
            in: Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: acceptedAt,
                plan: Plan(
                    route: route,
                    destinations: providers.map { Destination(provider: $0, adapter: "polar", mode: .mirror) }
                )
            )
        )
    }

    private static func log(_ actions: MigrationEntry.Action...) -> MigrationLog {
        MigrationLog(
            actions.enumerated().map { MigrationEntry(number: $0 + 1, at: start + .seconds($0), action: $1) }
        )
    }

    private static func returned(
        _ events: [AcceptedEvent],
        customers: Set<CustomerID>? = nil,
        log: MigrationLog = log(.stage(.mirror), .ramp(share: 100))
    ) -> [String] {
        var usage = ReturnedUsage(of: MigrationSample.outline(), log: log, customers: customers, until: end)
        for event in events { usage.add(event) }
        return usage.list.map {
            "\($0.customer) \($0.events) \($0.first.rfc3339.prefix(10)) \($0.last.rfc3339.prefix(10))"
        }
    }

    @Test func `is that of the running period at the new provider`() {
        let events = [
            // Before the move, in the period that has ended, after the return, of another route, and of nobody.
            Self.event("a", "2026-12-31T23:59:59Z"), Self.event("a", "2027-01-20T12:00:01Z"),
            Self.event("a", "2027-01-02T00:00:00Z", route: "other"), Self.event(nil, "2027-01-02T00:00:00Z"),
            Self.event("a", "2027-01-05T00:00:00Z"), Self.event("a", "2027-01-01T00:00:00Z"),
            Self.event("b", "2027-01-20T12:00:00Z"), Self.event(nil, "2027-01-03T00:00:00Z", subscription: "s"),
        ]
        #expect(
            Self.returned(events) == [
                "a 2 2027-01-01 2027-01-05", "b 1 2027-01-20 2027-01-20", "s 1 2027-01-03 2027-01-03",
            ]
        )
    }

    @Test func `is not what an invoice has already`() {
        // Moved at the first of December's end; the period of December is over.
        var log = MigrationLog([
            MigrationEntry(number: 1, at: Timestamp(rfc3339: "2026-11-10T00:00:00Z")!, action: .ramp(share: 100))
        ])
        let events = [Self.event("a", "2026-12-15T00:00:00Z"), Self.event("a", "2027-01-15T00:00:00Z")]
        #expect(Self.returned(events, log: log) == ["a 1 2027-01-15 2027-01-15"])
        log = Self.log(.stage(.mirror))
        #expect(Self.returned(events, log: log).isEmpty)
        #expect(ReturnedUsage.start(of: log) == nil)
        #expect(ReturnedUsage.start(of: Self.log(.stage(.mirror), .hold, .ramp(share: 5))) == Self.start + .seconds(2))
    }

    @Test func `is of the customers that return`() {
        let events = [Self.event("a", "2027-01-15T00:00:00Z"), Self.event("b", "2027-01-15T00:00:00Z")]
        #expect(Self.returned(events, customers: ["b", "z"]) == ["b 1 2027-01-15 2027-01-15"])
    }

    /// The sample's old provider.
    private static let old = MigrationSample.outline().from

    private static func missing(_ events: [AcceptedEvent]) -> ReturnedUsage.Missing {
        var usage = ReturnedUsage(
            of: MigrationSample.outline(),
            log: log(.stage(.mirror), .ramp(share: 100)),
            customers: nil,
            until: end
        )
        for event in events { usage.add(event) }
        return usage.missing
    }

    @Test func `the old provider lacks what it was not sent of the running period, from its start on`() {
        let missing = Self.missing([
            // Of the period that has ended, of the old provider's own time, and sent to both.
            Self.event("a", "2026-12-31T23:59:59Z"),
            Self.event("b", "2027-01-05T00:00:00Z", to: ["polar", Self.old]),
            Self.event("a", "2027-01-05T00:00:00Z"), Self.event("a", "2027-01-06T00:00:00Z"),
        ])
        #expect(missing.events == 2 && missing.moreEvents == 0)
        #expect(missing.starts == ["a": Timestamp(rfc3339: "2027-01-01T00:00:00Z")!])
    }

    @Test func `the old provider lacks what came around the return with a plan of before it`() {
        let missing = Self.missing([
            // An event that is early, and one whose plan was made before the return and that came a moment after it.
            Self.event("early", "2027-01-21T00:00:00Z"),
            Self.event("late", "2027-01-20T12:00:01Z", acceptedAt: Self.end + .seconds(60)),
            // From then on plans know the return: the next migration decides.
            Self.event("next", "2027-01-20T12:02:00Z", acceptedAt: Self.end + .seconds(61)),
            Self.event("both", "2027-01-21T00:00:00Z", to: ["polar", Self.old]),
        ])
        #expect(missing.events == 2 && Set(missing.starts.keys) == ["early", "late"])
        #expect(missing.starts["early"] == Timestamp(rfc3339: "2027-01-01T00:00:00Z")!)
    }

    @Test func `counts customers beyond the limit together`() throws {
        var usage = ReturnedUsage(
            of: MigrationSample.outline(),
            log: Self.log(.stage(.mirror), .ramp(share: 100)),
            customers: nil,
            until: Self.end
        )
        for number in 0..<ReturnedUsage.mostCustomers + 5 {
            usage.add(Self.event("c\(number)", "2027-01-15T00:00:00Z"))
        }
        #expect(usage.list.count == ReturnedUsage.mostCustomers && usage.moreEvents == 5)
        let missing = usage.missing
        #expect(missing.starts.count == ReturnedUsage.mostCustomers && missing.moreEvents == 5)
        #expect(missing.events == ReturnedUsage.mostCustomers)
        var writer = JSONWriter()
        usage.write(to: &writer)
        let shown = try JSONDocument(parsing: writer.bytes).root
        #expect(shown["provider"]?.string == "polar" && shown["more_events"]?.int64 == 5)
        #expect(shown["customers"].map { Array($0.elements).count } == ReturnedUsage.mostCustomers)
    }
}
