import DeliveryEngine
import Events
import Ingress
import Journal
import JournalSQLite
import Logging
import Testing

@testable import Gateway

/// What people see of a backfill.
@Suite struct BackfillDeskTests {
    /// What holds a backfill of Polar, by the routes of other gateways.
    private static func heldBy(_ elsewhere: RoutesElsewhere, withEnd hasEnd: Bool = false) async throws -> String? {
        var heldBy: String?
        try await MigrationStage.with { (stage) async throws in
            let new = NewLane(
                provider: "polar",
                adapter: "polar",
                filter: LaneFilter(),
                routes: [],
                rate: 50,
                by: "ops",
                at: stage.clock.now
            )
            guard case .started(let lane) = try await stage.store.start(new) else {
                Issue.record("the backfill was not started")
                return
            }
            if hasEnd { _ = try await stage.store.change(lane.number, .fixEnd, by: "ops", at: stage.clock.now) }
            let desk = BackfillDesk(
                journal: stage.store,
                routes: stage.routes,
                elsewhere: { elsewhere },
                admission: BackfillAdmission(),
                retention: .seconds(86_400),
                clock: stage.clock,
                auditing: AuditLog(
                    recording: stage.store,
                    clock: stage.clock,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
            )
            heldBy = try await desk.backfill(lane.number, for: MigrationStage.boss).heldBy
        }
        return heldBy
    }

    @Test func `says that a backfill waits for another gateway, which has other routes`() async throws {
        #expect(try await Self.heldBy(.different) == "other_routes")
        #expect(try await Self.heldBy(.same) == nil)
        #expect(try await Self.heldBy(.nobody) == nil)
        #expect(try await Self.heldBy(.different, withEnd: true) == nil)
    }
}
