import Events
import Journal
import Parity
import ParityRuns
import Synchronization
import TestSupport
import Testing

/// Comparisons of amounts at a vendor that bills by receipt.
extension ParityRunnerTests {
    /// The period begins at zero.
    private static let start = Timestamp(milliseconds: 1_767_225_600_000)
    private static let metrics = UsageMetrics([
        UsageMetric(name: "api_0", aggregate: .count, property: nil, ids: ["listed": "meter"])
    ])

    /// - Parameter seconds: after the period's start; the last is when the attempt began that delivered it.
    private static func add(
        _ id: String,
        _ name: String = "api_0",
        of customer: String = "c",
        occurred: Int64,
        accepted: Int64,
        delivered: Int64,
        by lane: LaneNumber? = nil,
        to journal: inout ComparedJournalDouble
    ) {
        let attempt = Attempt(
            at: start + .seconds(delivered),
            latency: .milliseconds(20),
            httpStatus: 200,
            status: .delivered
        )
        journal.add(
            id,
            name,
            of: customer,
            at: start + .seconds(occurred),
            acceptedAt: start + .seconds(accepted),
            by: Plan(route: "r", destinations: lane == nil ? [ComparedJournalDouble.listed] : []),
            delivery: Delivery(
                provider: "listed",
                adapter: "listed",
                mode: .primary,
                lane: lane,
                status: .delivered,
                attempts: 1,
                history: [attempt]
            )
        )
    }

    @Test(arguments: [1, 3])
    func `adds up what was on its way when the period began, once`(pages: Int) async throws {
        var journal = ComparedJournalDouble()
        Self.add("before", occurred: -9, accepted: -9, delivered: -8, to: &journal)
        Self.add("on its way", occurred: -1, accepted: -1, delivered: 2, to: &journal)
        Self.add("of the future", occurred: 3, accepted: -2, delivered: 1, to: &journal)
        Self.add("within", occurred: 10, accepted: 11, delivered: 12, to: &journal)
        Self.add("late", occurred: -7000, accepted: 20, delivered: 21, to: &journal)
        let shelf = ListedVendor.Shelf()
        shelf.state.withLock { state in
            state.usage = [VendorUsage(metric: "meter", customerID: "c", units: "4", events: nil, period: nil)]
            state.usagePages = pages
        }
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(
                    window: ReadWindow(from: Self.start, until: Self.start + .seconds(3600)),
                    providers: ["listed"],
                    level: .usage,
                    metrics: Self.metrics
                )
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10)
                #expect(found.flatMap(\.finding.differences).map(\.sent) == [])
                #expect(run.verdict == .equal)
                // The catalogue, and each page of the meter.
                #expect(run.reports[0].calls == 1 + pages)
            }
        }
    }

    @Test func `says what a difference costs where the vendor tells what it bills`() async throws {
        var journal = ComparedJournalDouble()
        Self.add("one", occurred: 10, accepted: 11, delivered: 12, to: &journal)
        Self.add("two", occurred: 20, accepted: 21, delivered: 22, to: &journal)
        let shelf = ListedVendor.Shelf()
        shelf.state.withLock { state in
            let billed = BilledAmount(amount: "198.00", currency: "EUR")
            state.usage = [
                VendorUsage(metric: "meter", customerID: "c", units: "99", events: nil, period: nil, billed: billed)
            ]
        }
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(
                    window: ReadWindow(from: Self.start, until: Self.start + .seconds(3600)),
                    providers: ["listed"],
                    level: .usage,
                    metrics: Self.metrics
                )
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 50)
                let costs = found.flatMap(\.finding.differences).filter { $0.kind == .money }
                let expected = ContentDifference(field: "amount", kind: .money, sent: "4.00 EUR", shown: "198.00 EUR")
                #expect(costs == [expected])
            }
        }
    }

    /// Compares the first hour of the period.
    private static func compare(
        _ runner: ParityRunner,
        by metrics: UsageMetrics = Self.metrics
    ) async throws -> ParityRun {
        let order = ParityOrder(
            window: ReadWindow(from: start, until: start + .seconds(3600)),
            providers: ["listed"],
            level: .usage,
            metrics: metrics
        )
        return try await finished(try await runner.start(order, for: "t", by: "c").id, runner)
    }

    @Test func `adds up what a backfill has sent in the period, whenever it was accepted`() async throws {
        var journal = ComparedJournalDouble()
        Self.add("filled", occurred: -500_000, accepted: -500_000, delivered: 10, by: 7, to: &journal)
        Self.add("filled before", occurred: -500_000, accepted: -500_000, delivered: -10, by: 7, to: &journal)
        let shelf = ListedVendor.Shelf()
        shelf.state.withLock { state in
            state.usage = [VendorUsage(metric: "meter", customerID: "c", units: "1", events: nil, period: nil)]
        }
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let run = try await Self.compare(runner)
                #expect(run.verdict == .equal)
            }
        }
    }

    /// Events by when they occurred, and when they came to the vendor.
    private static let events: [(id: String, occurred: Int64, delivered: Int64)] = [
        ("of another bill", -6000, -5990), ("on its way", -1, 2), ("on its way, too", -2, 2), ("late", -7000, 21),
        ("within", 10, 12), ("within, too", 11, 12), ("on the next bill", 3000, 5000),
    ]

    private static func row(
        _ id: String,
        _ name: String = "api_0",
        of customer: String = "c",
        at seconds: Int64
    ) -> WindowRow {
        WindowRow(
            key: id,
            event: VendorEvent(
                id: id,
                name: name,
                customerID: customer,
                timestamp: start + .seconds(seconds),
                properties: JSONText(checked: "{}")
            )
        )
    }

    @Test func `finds a lost event that occurred before the period whose bill it is on`() async throws {
        var journal = ComparedJournalDouble()
        let shelf = ListedVendor.Shelf()
        for event in Self.events {
            Self.add(
                event.id,
                occurred: event.occurred,
                accepted: event.delivered - 1,
                delivered: event.delivered,
                to: &journal
            )
            if event.id != "late" { shelf.rows.append(Self.row(event.id, at: event.occurred)) }
        }
        // Nobody knows on which bill it is.
        shelf.rows.append(Self.row("of before the gateway", at: -100))
        shelf.state.withLock { state in
            state.usage = [VendorUsage(metric: "meter", customerID: "c", units: "4", events: nil, period: nil)]
        }
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let run = try await Self.compare(runner)
                #expect(run.verdict == .different)
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10).map(\.finding)
                #expect(found.filter { $0.subject.eventID != nil }.map(\.subject.eventID) == ["late"])
                #expect(Set(found.map(\.cause)) == [.lostAfterAccept, .usageDiffers])
            }
        }
    }

    @Test func `reads little for one event of long ago, whatever lies between`() async throws {
        var journal = ComparedJournalDouble()
        let shelf = ListedVendor.Shelf()
        // Events of earlier bills, which the vendor has.
        let between = 2000
        for number in 0..<between {
            let time = -9_000_000 + Int64(number) * 4000
            Self.add("earlier \(number)", occurred: time, accepted: time, delivered: time + 1, to: &journal)
            shelf.rows.append(Self.row("earlier \(number)", at: time))
        }
        Self.add("of long ago", occurred: -20_000_000, accepted: 20, delivered: 21, to: &journal)
        Self.add("lost of long ago", occurred: -30_000_000, accepted: 20, delivered: 21, to: &journal)
        Self.add("within", occurred: 10, accepted: 11, delivered: 12, to: &journal)
        shelf.rows += [Self.row("of long ago", at: -20_000_000), Self.row("within", at: 10)]
        shelf.state.withLock { state in
            state.usage = [VendorUsage(metric: "meter", customerID: "c", units: "2", events: nil, period: nil)]
        }
        try await withTemporaryFolder { [journal] folder in
            let noLanes: LaneMemberships = { () async throws(StoreError) in [:] }
            try await Self.with(journal, shelf, in: folder, lanes: noLanes) { runner in
                let run = try await Self.compare(runner)
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10).map(\.finding)
                #expect(found.filter { $0.subject.eventID != nil }.map(\.subject.eventID) == ["lost of long ago"])
                #expect(Set(found.map(\.cause)) == [.lostAfterAccept, .usageDiffers])
                // Three times: the catalogue, the meter, and a page of the vendor's list for each span of time.
                #expect(run.reports[0].calls <= 3 * 5 && journal.handedOut.count < between / 10)
                #expect(run.reports[0].forecast.map { run.reports[0].calls <= $0.most } ?? false)
            }
        }
    }

    /// Two forms of one text, which vendors tell apart.
    private static let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")

    @Test func `says of each customer what its events come to, although their IDs are two forms of one text`()
        async throws
    {
        var journal = ComparedJournalDouble()
        let shelf = ListedVendor.Shelf()
        let events: [(id: String, customer: String, occurred: Int64)] = [
            ("a", Self.composed, 10), ("b", Self.decomposed, 20), ("c", Self.decomposed, 30),
        ]
        for (id, customer, time) in events {
            Self.add(id, of: customer, occurred: time, accepted: time + 1, delivered: time + 2, to: &journal)
            shelf.rows.append(Self.row(id, of: customer, at: time))
        }
        shelf.state.withLock { state in
            state.usage = [(Self.composed, "5"), (Self.decomposed, "9")].map { customer, units in
                VendorUsage(metric: "meter", customerID: customer, units: units, events: nil, period: nil)
            }
        }
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let run = try await Self.compare(runner)
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10).map(\.finding)
                #expect(found.count(where: { $0.subject.customerID != nil }) == 2)
                for (customer, events) in [(Self.composed, 1), (Self.decomposed, 2)] {
                    let own = found.first { $0.subject.customerID?.exact == customer.exact }
                    #expect(own?.differences.first?.sent == "\(events)")
                    #expect(own?.detail == "Listed lists \(events) events of it, which come to \(events).")
                }
            }
        }
    }

    @Test func `compares the amounts of each metric once, although their names are two forms of one text`()
        async throws
    {
        var journal = ComparedJournalDouble()
        let shelf = ListedVendor.Shelf()
        let events: [(id: String, name: String, occurred: Int64)] = [
            ("a", Self.composed, 10), ("b", Self.decomposed, 20), ("c", Self.decomposed, 30),
        ]
        for (id, name, time) in events {
            Self.add(id, name, occurred: time, accepted: time + 1, delivered: time + 2, to: &journal)
            shelf.rows.append(Self.row(id, name, at: time))
        }
        shelf.state.withLock { state in
            state.usage = [VendorUsage(metric: "meter", customerID: "c", units: "1", events: nil, period: nil)]
            state.otherUsage["other"] = [
                VendorUsage(metric: "other", customerID: "c", units: "5", events: nil, period: nil)
            ]
        }
        let metrics = UsageMetrics(
            [(Self.composed, "meter"), (Self.decomposed, "other")].map { name, id in
                UsageMetric(name: name, aggregate: .count, property: nil, ids: ["listed": id])
            }
        )
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let run = try await Self.compare(runner, by: metrics)
                #expect(run.reports[0].totals == CellCounts(expected: 2, found: 2, different: 1))
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10).map(\.finding)
                // The total, and the customer's amount.
                #expect(found.map(\.subject.name.exact) == [Self.decomposed.exact, Self.decomposed.exact])
                #expect(Set(found.map(\.subject.customerID)) == [nil, "c"])
                #expect(found.map { $0.differences.first?.sent } == ["2", "2"])
                #expect(found.map { $0.differences.first?.shown } == ["5", "5"])
            }
        }
    }
}
