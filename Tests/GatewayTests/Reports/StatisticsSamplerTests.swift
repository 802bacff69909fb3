import ConfigurationFile
import DeliveryEngine
import Events
import Journal
import JournalSQLite
import Logging
import Observability
import Reports
import Routing
import TestSupport
import Testing

@testable import Gateway

@Suite struct StatisticsSamplerTests {
    private static let routes = #"""
        {"version": 1, "providers": {"lago": {"adapter": "lago", "credential": {"env": "A"}},
          "polar": {"adapter": "polar", "credential": {"env": "B"}}},
         "routes": [{"name": "r", "to": [{"provider": "lago"}]}], "clients": []}
        """#

    private func with(_ body: (StatisticsSampler, SQLiteEventStore, StatisticsKeeper) async throws -> Void) async throws
    {
        let reader = RoutesFile.reader(allowsInlineSecrets: false)
        let routes = CurrentRoutes(try reader.read(Array(Self.routes.utf8)).routes)
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(
                opening: folder,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let metrics = MetricsRegistry()
            let keeper = StatisticsKeeper(clock: SystemWallClock())
            let sampler = StatisticsSampler(
                keeper: keeper,
                registry: metrics,
                view: DeliveryView(metrics: metrics),
                journal: store,
                routes: routes,
                clock: SystemWallClock()
            )
            try await body(sampler, store, keeper)
            await store.close()
        }
    }

    private func append(_ ids: [String], to store: SQLiteEventStore, acceptedAt: Timestamp) async throws {
        let plan = Plan(route: "r", destinations: [Destination(provider: "lago", adapter: "lago", mode: .primary)])
        let events = ids.map { id in
            AcceptedEvent(
                CanonicalEvent(name: "n", customerID: "c", subscriptionID: "s"),
                id: EventID(id),
                in: Submission(tenant: "shop", client: "web", acceptedAt: acceptedAt, plan: plan)
            )
        }
        _ = try await store.append(AppendRequest(events: events, policy: .each))
    }

    @Test func `has what was accepted for each provider of the routes, also for those without events`() async throws {
        try await with { sampler, store, _ in
            try await append(["e1", "e2"], to: store, acceptedAt: SystemWallClock().now)
            let sample = sampler.sample(waiting: ["lago": Backlog(events: 2, oldest: nil)])
            #expect(sample.providers["lago"]?.accepted == 2)
            #expect(sample.providers["lago"]?.backlog == 2)
            #expect(sample.providers["polar"]?.accepted == 0 && sample.providers["polar"]?.backlog == 0)
            #expect(sampler.sample(waiting: nil).providers["lago"]?.backlog == nil)
            #expect(await sampler.view.reads.admit(to: "polar", within: nil))
            #expect(sampler.sample(waiting: nil).providers["polar"]?.requests == RequestCounts(reads: 1))
        }
    }

    @Test func `samples by itself what is accepted and what waits`() async throws {
        try await with { sampler, store, keeper in
            try await append(["e1", "e2", "e3"], to: store, acceptedAt: SystemWallClock().now + .seconds(-60))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await sampler.run() }
                try await waitUntil("the figures have the events") {
                    let report = keeper.statistics(StatisticsQuery(.second, count: 300))
                    let points = report.providers.first { $0.provider == "lago" }?.points.compactMap(\.self) ?? []
                    return points.reduce(0) { $0 + $1.accepted } == 3
                        && points.contains { $0.backlog == 3 && ($0.oldestAge ?? .zero) >= .seconds(60) }
                }
                group.cancelAll()
            }
        }
    }

    @Test func `does not know what waits once it was not read for long`() {
        let backlogs = SharedBacklogs()
        let start = ContinuousClock.now
        #expect(backlogs.known(at: start, notOlderThan: .seconds(15)) == nil)
        backlogs.set(["lago": Backlog(events: 1, oldest: nil)], at: start)
        #expect(backlogs.known(at: start + .seconds(15), notOlderThan: .seconds(15))?["lago"]?.events == 1)
        #expect(backlogs.known(at: start + .seconds(16), notOlderThan: .seconds(15)) == nil)
    }
}
