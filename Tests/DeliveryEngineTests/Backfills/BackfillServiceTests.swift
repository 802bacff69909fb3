import Events
import Journal
import JournalSQLite
import Routing
import ServiceLifecycle
import TestSupport
import Testing

@testable import DeliveryEngine

/// Who runs backfills: when their pipelines begin, and how those that are cancelled end.
@Suite struct BackfillServiceTests {
    /// Routes of one provider.
    private func routes(_ provider: ProviderName = PipelineStage.provider) throws -> Routes {
        let text = #"""
            {"version": 1,
             "providers": {
               "\#(provider)": {"adapter": "plain", "base_url": "https://vendor.test", "credential": {"env": "K"}}},
             "routes": [{"name": "r", "to": [{"provider": "\#(provider)"}]}],
             "clients": [{"name": "ops", "tenant": "ops", "scopes": ["admin"]}]}
            """#
        return try RoutesReader(vendors: [PlainAdapter()]).read(Array(text.utf8)).routes
    }

    private func service(
        _ stage: PipelineStage,
        sharing isShared: Bool = false,
        of provider: ProviderName = PipelineStage.provider
    ) throws -> BackfillService {
        BackfillService(
            lanes: stage.store,
            sharing: isShared,
            routes: CurrentRoutes(try routes(provider)),
            clock: stage.clock,
            seenBy: stage.view,
            logger: PipelineStage.quiet
        ) { _, _, walk in
            Pipeline(
                settings: walk.settings(at: stage.settings),
                walking: walk,
                over: VendorLine(adapter: PlainAdapter(), caller: stage.vendor),
                ledger: stage.store,
                clock: stage.processClock,
                seenBy: stage.view,
                on: DeliveryLane(stage.loop),
                logger: PipelineStage.quiet
            )
        }
    }

    /// Accepts events that go to another provider.
    private func accept(_ ids: String..., by stage: PipelineStage) async throws {
        let destination = Destination(provider: "other", adapter: PlainAdapter.name, mode: .primary)
        let plan = Plan(route: "r", destinations: [destination])
        let events = ids.map { AcceptedEvent.sample($0, acceptedAt: stage.clock.now, plan: plan) }
        _ = try await stage.store.append(AppendRequest(events: events, policy: .each))
    }

    /// Writes a lane into the journal, and tells nobody.
    private func startLane(_ filter: LaneFilter = LaneFilter(), at stage: PipelineStage) async throws -> LaneNumber {
        let routes = try routes()
        let provider = try #require(routes.providers.first)
        let lane = NewLane(
            provider: provider.name,
            adapter: PlainAdapter.name,
            filter: filter,
            routes: try #require(BackfillRoutes(of: provider, in: routes)).encoded,
            rate: 100,
            by: "ops",
            at: stage.clock.now
        )
        guard case .started(let started) = try await stage.store.start(lane) else {
            throw ConditionNeverHeld(description: "the lane was not started")
        }
        return started.number
    }

    private func change(_ lane: LaneNumber, _ change: LaneChange, at stage: PipelineStage) async throws {
        _ = try await stage.store.change(lane, change, by: "ops", at: stage.clock.now)
    }

    private func lane(_ number: LaneNumber, at stage: PipelineStage) async throws -> Lane {
        try #require(try await stage.store.lane(number))
    }

    private func wait(_ number: LaneNumber, _ state: LaneState, at stage: PipelineStage) async throws {
        try await waitUntil("lane \(number) is \(state)") { try await lane(number, at: stage).state == state }
    }

    /// Runs the provider's pipeline and the service until the body has ended.
    private func run(_ stage: PipelineStage, sharing isShared: Bool = false, _ body: () async throws -> Void)
        async throws
    {
        let service = try service(stage, sharing: isShared)
        try await stage.run {
            let group = ServiceGroup(services: [service], logger: PipelineStage.quiet)
            async let running: Void = group.run()
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            // What a failed test left in flight.
            stage.vendor.answer(200)
            try? await running
            try result.get()
        }
    }

    @Test func `begins a backfill that another gateway has written, without being told`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { _ in .status(200) }
            try await accept("1", by: stage)
            // Ended by the first look at the journal, after which there is nothing to look for.
            let first = try await startLane(at: stage)
            try await change(first, .fixEnd, at: stage)
            try await change(first, .cancel, at: stage)
            try await run(stage, sharing: true) {
                try await wait(first, .cancelled, at: stage)
                let second = try await startLane(at: stage)
                try await waitUntil("the event is delivered") { !stage.vendor.calls.isEmpty }
                try await wait(second, .done, at: stage)
            }
            #expect(stage.vendor.calls.map(\.ids) == [["1"]])
        }
    }

    @Test func `ends a cancelled backfill whose retry waits, once what is in flight has an outcome`() async throws {
        try await withTemporaryFolder { folder in
            var stage = try PipelineStage(folder) { $0 == 0 ? .status(500) : .hang }
            stage.settings.concurrency = 1
            let used = stage
            try await accept("1", "2", by: used)
            let number = try await startLane(at: used)
            try await run(used) {
                try await waitUntil("one waits for a retry, and one is in flight") {
                    try await lane(number, at: used).counts.statuses[.retrying] == 1 && used.vendor.calls.count == 2
                }
                try await change(number, .cancel, at: used)
                used.view.backfills.changed()
                used.vendor.answer(200)
                try await wait(number, .cancelled, at: used)
            }
            #expect(used.vendor.calls.map(\.ids) == [["1"], ["2"]])
            #expect(try await lane(number, at: used).counts.statuses == [.delivered: 1, .discarded: 1])
        }
    }

    @Test func `ends a cancelled backfill whose provider is gone`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { _ in .status(200) }
            let number = try await startLane(at: stage)
            try await change(number, .cancel, at: stage)
            let service = try service(stage, of: "another")
            let group = ServiceGroup(services: [service], logger: PipelineStage.quiet)
            async let running: Void = group.run()
            try await wait(number, .cancelled, at: stage)
            await group.triggerGracefulShutdown()
            try? await running
        }
    }

    @Test func `at a shutdown, waits for the answer to what a backfill has in flight`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { _ in .hang }
            try await accept("1", by: stage)
            let number = try await startLane(at: stage)
            let service = try service(stage)
            try await stage.run {
                let group = ServiceGroup(services: [service], logger: PipelineStage.quiet)
                async let running: Void = group.run()
                try await waitUntil("the request is in flight, and the provider's pipeline has said so") {
                    stage.vendor.calls.count == 1 && stage.view.backfills.snapshot(of: number)?.requests == 1
                }
                await group.triggerGracefulShutdown()
                try await stage.pass(until: "the backfill's pipeline has ended") {
                    stage.view.backfills.snapshot(of: number) == nil
                }
                try? await running
                #expect(stage.clock.elapsed >= Pipeline.grace)
            }
        }
    }
}
