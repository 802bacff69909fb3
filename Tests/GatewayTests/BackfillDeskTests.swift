import DeliveryEngine
import Events
import Ingress
import JSON
import Journal
import JournalSQLite
import Logging
import Routing
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

    @Test func `leaves out the customers whose period the journal lacks a part of, and says how many`() async throws {
        try await MigrationStage.with { (stage) async throws in
            let now = stage.clock.now
            let order = BackfillOrder(
                provider: "lago",
                since: now,
                starts: BackfillStarts(
                    customers: ["old": now + .seconds(-40 * 86_400), "new": now + .seconds(-86_400)]
                ),
                isConfirmed: true
            )
            let desk = stage.desk.backfills
            let caller = try MigrationStage.caller(MigrationStage.boss)
            let refused = await #expect(throws: BackfillRefusal.self) { try await desk.start(order, by: caller) }
            guard case .incompletePeriods(let periods)? = refused else { throw refused ?? .noRoute("lago") }
            #expect(periods.examples.map(\.customerID) == ["old"])

            var without = order
            without.withoutIncomplete = true
            let forecast = try JSONDocument(parsing: try await desk.forecast(without, for: MigrationStage.boss)).root
            #expect(forecast["left_out"]?["customers"]?.int64 == 1)
            #expect(forecast["left_out"]?["examples"]?.elements.first { _ in true }?["customer_id"]?.string == "old")
            let started = try await desk.start(without, by: caller)
            #expect(started.leftOut?.customers == 1)
            let lane = try #require(started.backfills.first?.lane)
            #expect(lane.filter.from == now + .seconds(-86_400))
            #expect(try await desk.backfill(lane.number, for: MigrationStage.boss).leftOutCustomers == 1)
            // Nobody whose period is whole is left out of another one.
            let whole = try await desk.forecast(
                BackfillOrder(provider: "lago", since: now, starts: BackfillStarts(customers: ["new": now])),
                for: MigrationStage.boss
            )
            #expect(try JSONDocument(parsing: whole).root["left_out"]?.isNull == true)
        }
    }
}
