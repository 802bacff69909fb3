import Events
import Journal
import Migration
import OfRecord
import Parity

/// A migration for tests, and what may be known of it.
enum MigrationSample {
    static let now = Timestamp(milliseconds: 1_798_000_000_000)
    static let day = Duration.seconds(86_400)

    static let gates = GateSettings(
        window: .seconds(86_400),
        leastEvents: 100,
        unexplained: 0,
        usage: Percentage("0.1%")!,
        rejected: Percentage("1%")!,
        uncertain: 0,
        backlogAge: .seconds(600)
    )

    static func outline(
        delivery: MigrationEntry.Delivery? = nil,
        comparesUsage: Bool = false,
        verifies: Bool = false,
        boundaries: BillingBoundaries = BillingBoundaries(),
        accounts: [AccountPair] = []
    ) -> MigrationOutline {
        MigrationOutline(
            name: "to-polar",
            route: "default",
            between: AccountPair(from: "lago", to: "polar"),
            accounts: accounts,
            delivery: delivery,
            gates: MigrationGates(gates, comparesUsage: comparesUsage, verifies: verifies),
            boundaries: boundaries,
            keepFor: .seconds(35 * 86_400)
        )
    }

    /// Entries an hour apart, the newest an hour before a time.
    static func records(_ actions: MigrationEntry.Action..., despite: [Gate] = [], before time: Timestamp = now)
        -> [MigrationRecord]
    {
        actions.enumerated().map { index, action in
            MigrationRecord(
                migration: "to-polar",
                entry: MigrationEntry(
                    number: index + 1,
                    at: time + .seconds(-3600 * (actions.count - index)),
                    action: action
                ),
                reason: action == .hold ? "B is slow" : nil,
                despite: index == actions.count - 1 ? despite : [],
                actor: "ops"
            )
        }
    }

    /// A cut that was ordered in November, after which all customers without an anchor moved at the first of December.
    static var drained: [MigrationRecord] {
        let cut = now + .seconds(-40 * 86_400)
        return records(.stage(.mirror), .cut(at: cut), before: cut)
    }

    static func lane(_ state: LaneState, rejected: Int = 0) -> Lane {
        Lane(
            number: 3,
            of: NewLane(
                provider: "polar",
                adapter: "polar",
                filter: LaneFilter(),
                routes: [],
                rate: 50,
                by: "ops",
                at: now
            ),
            state: state,
            changedBy: "ops",
            changedAt: now,
            endedAt: nil,
            progress: LaneProgress(walked: 10, ahead: 90, hasEnd: true),
            counts: LaneCounts(statuses: [.delivered: 1000, .rejected: rejected], deduplicated: 0)
        )
    }

    /// A comparison of the window up to an hour before it was requested.
    /// - Parameter compared: how many events the new account should have.
    static func run(
        _ id: Int64,
        at time: Timestamp,
        causes: [CauseCount] = [],
        unreadable: String? = nil,
        level: ParityLevel = .full,
        compared: Int = 5000,
        comparedAtOld: Int = 5000,
        new: ProviderName = "polar"
    ) -> ParityRun {
        var run = ParityRun(
            id: id,
            order: ParityOrder(
                window: ReadWindow(from: time + .seconds(-86_400), until: time + .seconds(-3600)),
                providers: ["lago", new],
                level: level,
                metrics: level == .usage ? UsageMetrics([]) : nil
            ),
            tenant: "shop",
            client: "ops",
            requestedAt: time,
            state: .finished,
            endedAt: time + .seconds(60),
            reports: [
                ProviderReport(provider: "lago", totals: CellCounts(expected: comparedAtOld)),
                ProviderReport(
                    provider: new,
                    totals: CellCounts(expected: compared),
                    unreadable: unreadable,
                    causes: causes
                ),
            ]
        )
        run.events = 5000
        return run
    }

    /// Facts with which every gate is green.
    static var greenFacts: MigrationFacts {
        var deliveries = LedgerCounts.Counts()
        deliveries.planned = 1000
        deliveries.delivered = 1000
        return MigrationFacts(
            at: now,
            backfills: [lane(.done)],
            comparisons: [run(2, at: now + .seconds(-3600)), run(1, at: now + .seconds(-3600 * 26))],
            deliveries: deliveries
        )
    }
}
