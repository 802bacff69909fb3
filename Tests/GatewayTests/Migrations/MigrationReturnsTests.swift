import DeliveryEngine
import Events
import Journal
import JournalSQLite
import Migration
import OfRecord
import Routing
import TestSupport
import Testing

@testable import Gateway
@testable import Ingress

/// What follows a return.
@Suite struct MigrationReturnsTests {
    /// Customers have moved, and Lago gets nothing any more.
    private func move(_ stage: MigrationStage) async throws {
        _ = try await stage.order(.ramp(share: 100))
        try await stage.send(["a", "b"], at: MigrationStage.start + .seconds(60))
        try await stage.send(["a", "a", "b"], at: MigrationStage.boundary + .seconds(60))
        stage.clock.advance(MigrationStage.boundary - MigrationStage.start + .seconds(3600))
    }

    private static let second = BackfillRoutes.Return(migration: "to-polar", number: 2)

    @Test func `a return by a gate starts the backfill that one by an operator starts`() async throws {
        try await MigrationStage.with(autoReturn: true, verifies: true, keepFor: "1s") { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 100))
            try await stage.book.refresh()
            try await stage.send(["a", "a", "b"], at: MigrationStage.boundary + .seconds(60))
            stage.clock.advance(MigrationStage.boundary - MigrationStage.start + .seconds(3600))
            stage.watched.lose(at: stage.clock.now)
            await stage.watch.look()
            #expect(stage.book.current["to-polar"].map(\.entry.action.name) == ["ramp", "return"])
            // It does not hold yet.
            await stage.desk.returns.look()
            #expect(try await stage.refills().isEmpty)
            stage.clock.advance(.milliseconds(100))
            await stage.desk.returns.look()
            #expect(try await stage.refills() == [Self.second])
            let lane = try #require(try await stage.store.lanes().first)
            #expect(
                lane.startedBy == "gateway" && lane.filter.from == MigrationStage.boundary && lane.filter.tenant == nil
            )
            let log = try await stage.store.auditLog(AuditFilter(action: "backfill: start"), before: nil, limit: 9)
            #expect(log.map(\.entry.actor) == [nil] && log.first?.entry.details["provider"] == "lago")
            await stage.desk.returns.look()
            #expect(try await stage.store.lanes().count == 1)
            // What must be voided can be asked for again.
            let dry = try await stage.order(.goBack(when: .now, customers: nil), isDryRun: true)
            #expect(dry.returned?.list.map(\.customer) == ["a", "b"])
        }
    }

    @Test func `a crash between a return and the start of its backfill is made up for at the next start`() async throws
    {
        try await MigrationStage.with(keepFor: "1s") { (stage) async throws in
            try await move(stage)
            try await stage.appendOfAnother(2, .goBack(when: .now, customers: ["a"]))
            try await stage.book.refresh()
            await stage.restartedReturns().look()
            #expect(try await stage.refills() == [Self.second])
            let lane = try #require(try await stage.store.lanes().first)
            let routes = try #require(BackfillRoutes(decoding: lane.routes))
            let piece = try await stage.store.recorded(
                RecordedWindow(
                    clock: .occurred,
                    from: MigrationStage.start,
                    until: Timestamp(milliseconds: .max),
                    tenant: nil,
                    withDeliveries: false
                ),
                after: nil,
                limit: 99
            )
            let sent = piece.events.map(\.event).filter { routes.destination(of: $0) != nil }
            #expect(sent.map(\.customerID) == ["a", "a"], "those of the returned customer's running period")
            // Once, by whichever gateway.
            await stage.restartedReturns().look()
            await stage.desk.returns.look()
            #expect(try await stage.store.lanes().count == 1)
        }
    }

    @Test func `nothing is started where the old provider has everything, or long after a return`() async throws {
        try await MigrationStage.with { (stage) async throws in
            try await move(stage)
            try await stage.appendOfAnother(2, .goBack(when: .now, customers: nil))
            try await stage.book.refresh()
            await stage.restartedReturns().look()
            #expect(try await stage.store.lanes().isEmpty)
        }
        try await MigrationStage.with(keepFor: "1s") { (stage) async throws in
            try await move(stage)
            try await stage.appendOfAnother(2, .goBack(when: .now, customers: nil))
            try await stage.book.refresh()
            stage.clock.advance(.seconds(8 * 86_400))
            await stage.restartedReturns().look()
            #expect(try await stage.store.lanes().isEmpty)
        }
    }

    @Test func `a return whose request is cut short is followed to its end`() async throws {
        try await MigrationStage.with(keepFor: "1s", lead: .seconds(3600)) { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 100))
            try await stage.book.refresh()
            try await stage.send(["a", "b"], at: MigrationStage.boundary + .seconds(60))
            stage.clock.advance(MigrationStage.boundary - MigrationStage.start + .seconds(3600))
            await #expect(throws: MigrationRefusal.store(.closed)) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await stage.order(.goBack(when: .now, customers: nil)) }
                    try await waitUntil("it is recorded") { stage.book.current["to-polar"].count == 2 }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            #expect(try await stage.store.lanes().isEmpty)
            stage.clock.advance(.seconds(3600))
            await stage.desk.returns.look()
            #expect(try await stage.refills() == [Self.second])
        }
    }

    @Test func `a backfill that another one holds up is started when that has ended`() async throws {
        try await MigrationStage.with(keepFor: "1s") { (stage) async throws in
            try await move(stage)
            let order = BackfillOrder(provider: "lago", since: MigrationStage.start, isConfirmed: true)
            let other = try await stage.desk.backfills.start(order, by: try MigrationStage.caller(MigrationStage.boss))
                .backfills[0].lane
            let outcome = try await stage.order(.goBack(when: .now, customers: nil))
            #expect(
                outcome.refill?.backfills == [] && outcome.refill?.refusal?.contains("wait until it has ended") == true
            )
            stage.clock.advance(.milliseconds(100))
            await stage.desk.returns.look()
            #expect(try await stage.store.lanes().count == 1)
            _ = try await stage.store.change(other.number, .cancel, by: "boss", at: stage.clock.now)
            let membership = try #require(BackfillMembership(of: other))
            let lease = try await stage.store.lease(other.number, taking: membership)
            _ = try await stage.store.end(other.number, under: lease, at: stage.clock.now)
            await stage.desk.returns.look()
            #expect(try await stage.refills() == [Self.second, nil])
        }
    }
}
