import Access
import Events
import Ingress
import Journal
import Migration
import OfRecord
import Synchronization

/// Migrations that move nobody: remembers what was ordered, and refuses what the test wants refused.
final class ScriptedMigrations: MigrationManaging {
    private let state = Mutex([MigrationOrder]())
    private let refusal: MigrationRefusal?

    init(refusing refusal: MigrationRefusal? = nil) {
        self.refusal = refusal
    }

    var orders: [MigrationOrder] { state.withLock { $0 } }

    private static var now: Timestamp { Timestamp(milliseconds: 1_798_000_000_000) }

    private static var outline: MigrationOutline {
        MigrationOutline(
            name: "to-q",
            route: "r",
            between: AccountPair(from: "p", to: "q"),
            delivery: .mirror,
            gates: MigrationGates(
                GateSettings(
                    window: .seconds(60),
                    leastEvents: 1,
                    unexplained: 0,
                    usage: Percentage("1%")!,
                    rejected: Percentage("1%")!,
                    uncertain: 0,
                    backlogAge: .seconds(60)
                ),
                comparesUsage: true,
                verifies: true
            ),
            boundaries: BillingBoundaries(),
            keepFor: .seconds(60)
        )
    }

    private static func status(_ records: [MigrationRecord] = []) -> MigrationStatus {
        MigrationStatus(outline, records, MigrationFacts(at: now))
    }

    func migrations(for client: Client) async throws(MigrationRefusal) -> [MigrationStatus] { [Self.status()] }

    func migration(_ name: MigrationName, for client: Client) async throws(MigrationRefusal) -> MigrationStatus {
        guard name == "to-q" else { throw .unknown(name) }
        return Self.status()
    }

    func days(of name: MigrationName, for client: Client) async throws(MigrationRefusal) -> MigrationDays {
        guard name == "to-q" else { throw .unknown(name) }
        var counts = LedgerCounts.Counts()
        counts.add(.delivered)
        counts.add(.rejected, isByLane: true)
        let day = MigrationDays.starts(since: nil, at: Self.now)[0]
        return MigrationDays(
            from: "p",
            to: "q",
            days: [MigrationDays.Day(start: day, countedAt: Self.now, from: counts)],
            uncounted: 3
        )
    }

    func carryOut(_ order: MigrationOrder, on name: MigrationName, by caller: Caller) async throws(MigrationRefusal)
        -> MigrationOutcome
    {
        state.withLock { $0.append(order) }
        if let refusal { throw refusal }
        let record = MigrationRecord(
            migration: name,
            entry: MigrationEntry(number: 1, at: Self.now, action: order.action),
            reason: order.reason,
            despite: Gate.allCases.filter(order.despite.contains),
            plan: order.plan,
            actor: caller.client.name.rawValue,
            keyID: caller.key.id
        )
        let returned = ReturnedUsage(of: Self.outline, log: MigrationLog(), customers: nil, until: Self.now)
        return MigrationOutcome(
            record: record,
            isDryRun: order.isDryRun,
            returned: returned,
            status: Self.status([record])
        )
    }
}
