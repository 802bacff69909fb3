import DeliveryEngine
import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import Routing
import Synchronization
import TestSupport
import Testing
import Vendors

/// When a backfill gets its end. Events behind it must have plans of routes that deliver to the provider themselves, whatever gateway
/// accepts them.
@Suite struct BackfillEndTests {
    private static let now = Timestamp(milliseconds: 1_772_366_400_000)
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What is known of the other gateways, and how often it was asked.
    private final class Others: Sendable {
        private let state: Mutex<(RoutesElsewhere, asked: Int)>

        init(_ routes: RoutesElsewhere) { state = Mutex((routes, 0)) }

        var asked: Int { state.withLock { $0.asked } }

        func have(_ routes: RoutesElsewhere) { state.withLock { $0.0 = routes } }

        func ask() -> RoutesElsewhere {
            state.withLock {
                $0.asked += 1
                return $0.0
            }
        }
    }

    private struct FixedClock: WallClock {
        let now: Timestamp
    }

    /// Runs the backfills of a journal that has one, whose provider is not configured so that nothing is sent.
    private static func run(
        beside others: Others,
        _ body: (_ lane: () async throws -> Lane) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(opening: folder.appending(path: "data"), logger: quiet)
            let text = #"""
                {"version": 1, "providers": {"lago": {"adapter": "lago", "credential": {"env": "L"}}},
                 "routes": [{"name": "r", "to": [{"provider": "lago", "subscription_id": "s"}]}],
                 "clients": [{"name": "ops", "tenant": "ops"}]}
                """#
            let routes = CurrentRoutes(try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes)
            let new = NewLane(
                provider: "polar",
                adapter: "polar",
                filter: LaneFilter(),
                routes: [],
                rate: 50,
                by: "ops",
                at: now
            )
            guard case .started(let started) = try await store.start(new) else {
                Issue.record("the backfill was not started")
                return
            }
            let service = BackfillService(
                lanes: store,
                sharing: false,
                routes: routes,
                elsewhere: { others.ask() },
                clock: FixedClock(now: now),
                seenBy: DeliveryView(),
                logger: quiet
            ) { _, _, _ in
                preconditionFailure("the provider is not configured")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                try await body { try #require(try await store.lane(started.number)) }
                group.cancelAll()
            }
            await store.close()
        }
    }

    @Test func `gets none while another gateway has other routes, and one as soon as all have the same`() async throws {
        let others = Others(.different)
        try await Self.run(beside: others) { lane in
            try await waitUntil("the backfill waits for another gateway") { others.asked >= 2 }
            #expect(try await !lane().progress.hasEnd)
            others.have(.same)
            try await waitUntil("the backfill has an end") { try await lane().progress.hasEnd }
        }
    }

    @Test func `gets one at once where there is no other gateway`() async throws {
        try await Self.run(beside: Others(.nobody)) { lane in
            try await waitUntil("the backfill has an end") { try await lane().progress.hasEnd }
        }
    }
}
