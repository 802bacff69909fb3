import DeliveryEngine
import Events
import Journal
import JournalSQLite
import Logging
import Migration
import Observability
import OfRecord
import Routing
import TestSupport
import Testing

@testable import Gateway

/// The gateway's metrics: their names, labels and values.
@Suite struct GatewayMetricsTests {
    private func read(_ stage: MigrationStage, _ state: ScriptedStoreState = ScriptedStoreState()) async throws
        -> PrometheusReader
    {
        let metrics = GatewayMetrics(
            registry: MetricsRegistry(),
            store: OpenedStore(stage.store, in: state),
            routes: stage.routes,
            monitor: DeliveryMonitor(),
            clock: stage.clock,
            parity: NoComparisonRuns(),
            migrations: stage.watch,
            watches: stage.watched,
            logs: LogOutput(format: .json, level: .error)
        )
        return try PrometheusReader(String(decoding: await metrics.text(), as: UTF8.self))
    }

    private func append(_ provider: ProviderName, _ count: Int, age: Duration, _ stage: MigrationStage) async throws {
        let plan = Plan(route: "r", destinations: [Destination(provider: provider, adapter: "lago", mode: .primary)])
        let submission = Submission(
            tenant: "house",
            client: "boss",
            acceptedAt: stage.clock.now + (.zero - age),
            plan: plan
        )
        let events = (0..<count).map { number in
            AcceptedEvent(
                CanonicalEvent(name: "n", customerID: "c"),
                id: EventID("\(provider)-\(number)"),
                in: submission
            )
        }
        _ = try await stage.store.append(AppendRequest(events: events, policy: .each))
    }

    @Test func `have the families that every gateway has, before anything happened`() async throws {
        try await MigrationStage.with { (stage) async throws in
            let read = try await read(stage)
            #expect(
                Set(read.types.keys) == [
                    "tollgate_log_lines_dropped_total", "tollgate_store_readable", "tollgate_store_up",
                    "tollgate_store_lost_events_total", "tollgate_backlog_events", "tollgate_backlog_oldest_seconds",
                    "tollgate_provider_circuit", "tollgate_provider_parked", "tollgate_provider_in_flight_requests",
                    "tollgate_provider_concurrency",
                ]
            )
            #expect(read.types.filter { $0.value == "counter" }.keys.allSatisfy { $0.hasSuffix("_total") })
            #expect(read.value("tollgate_store_readable") == 1 && read.value("tollgate_log_lines_dropped_total") == 0)
            for provider in ["lago", "polar"] {
                #expect(read.value("tollgate_backlog_events", ["provider": provider]) == 0)
                #expect(read.value("tollgate_backlog_oldest_seconds", ["provider": provider]) == 0)
            }
        }
    }

    @Test func `say whether the store responds, and what it has lost`() async throws {
        try await MigrationStage.with { (stage) async throws in
            let up = try await read(stage)
            #expect(up.value("tollgate_store_up", ["kind": "sqlite"]) == 1)
            #expect(up.value("tollgate_store_lost_events_total") == 0)
            let state = ScriptedStoreState(outage: StoreOutage(duration: .seconds(1), reason: "x"), lostEvents: 7)
            let down = try await read(stage, state)
            #expect(down.value("tollgate_store_up", ["kind": "sqlite"]) == 0)
            #expect(down.value("tollgate_store_lost_events_total") == 7)
        }
    }

    @Test func `add up a provider's accounts under a name without a tenant, and have providers that are gone`()
        async throws
    {
        try await MigrationStage.with(rivalHasAnAccount: true) { (stage) async throws in
            try await append("polar", 2, age: .seconds(60), stage)
            try await append("polar@rival", 3, age: .milliseconds(90_500), stage)
            try await append("old@rival", 1, age: .seconds(-5), stage)
            let read = try await read(stage)
            let labels = read.samples.filter { $0.name == "tollgate_backlog_events" }.compactMap {
                $0.labels["provider"]
            }
            #expect(labels == ["lago", "polar", "old"])
            #expect(read.value("tollgate_backlog_events", ["provider": "polar"]) == 5)
            #expect(read.value("tollgate_backlog_oldest_seconds", ["provider": "polar"]) == 90.5)
            #expect(read.value("tollgate_backlog_events", ["provider": "old"]) == 1)
            #expect(read.value("tollgate_backlog_oldest_seconds", ["provider": "old"]) == 0, "of the future")
            #expect(!read.samples.contains { $0.labels.values.contains { $0.contains("rival") } })
        }
    }

    @Test func `say that the journal cannot be read, and nothing of what is in it`() async throws {
        try await MigrationStage.with { (stage) async throws in
            await stage.store.close()
            let read = try await read(stage)
            #expect(read.value("tollgate_store_readable") == 0)
            #expect(!read.samples.contains { $0.name.hasPrefix("tollgate_backlog") })
        }
    }

    @Test func `have a migration from its first order on, with its gates`() async throws {
        try await MigrationStage.with { (stage) async throws in
            await stage.watch.look()
            #expect(try await read(stage).types["tollgate_migration_stage"] == nil)
            _ = try await stage.order(.hold)
            await stage.watch.look()
            let held = try await read(stage)
            #expect(held.value("tollgate_migration_held", ["migration": "to-polar"]) == 1)
            #expect(
                held.value("tollgate_migration_stage", ["migration": "to-polar"]).map { (0...8).contains($0) } == true
            )
            let gates = held.samples.filter { $0.name == "tollgate_migration_gate" }
            #expect(Set(gates.compactMap { $0.labels["gate"] }).isSubset(of: Set(Gate.allCases.map(\.rawValue))))
            #expect(!gates.isEmpty && gates.allSatisfy { [-1, 0, 1].contains($0.value) })
            #expect(held.value("tollgate_migration_gate", ["gate": "unexplained"]) == -1, "nothing was compared")
            _ = try await stage.order(.resume)
            await stage.watch.look()
            #expect(try await read(stage).value("tollgate_migration_tripped", ["migration": "to-polar"]) != nil)
        }
    }
}
