import Events
import Foundation
import JSON
import Journal
import JournalSQLite
import Migration
import OfRecord
import Routing
import TestSupport
import Testing

@testable import Gateway
@testable import Ingress

/// Orders for migrations, on a real journal.
@Suite struct MigrationDeskTests {
    @Test func `keeps an order in the journal and the audit log, with who, when and plan, and follows it at once`()
        async throws
    {
        try await MigrationStage.with { (stage) async throws in
            let outcome = try await stage.order(.ramp(share: 5))
            #expect(outcome.status.stage == .ramp && outcome.returned == nil && !outcome.isDryRun)
            #expect(stage.routes.current.logs["to-polar"].entries.map(\.action) == [.ramp(share: 5)])
            let act = try #require(try await stage.store.migrationActs().first)
            #expect(
                act.actor == "boss" && act.keyID == "k-boss" && act.number == 1
                    && act.at == MigrationStage.start + .milliseconds(100)
            )
            let entry = try #require(try await stage.store.auditLog(AuditFilter(), before: nil, limit: 9).first?.entry)
            #expect(entry.action == "migrations: ramp" && entry.actor == "boss" && entry.remoteAddress == "10.0.0.1")
            #expect(entry.details["migration"] == "to-polar" && entry.details["share"] == "5")
            #expect(
                entry.details["reason"] == "because"
                    && entry.details["despite"] == "unexplained,usage,rejected,uncertain,backlog_age,lost"
            )
        }
    }

    @Test func `counts what each provider got of the events of each day, for those who may see the migration`()
        async throws
    {
        try await MigrationStage.with { (stage) async throws in
            try await stage.send(["a", "b", "c"], at: MigrationStage.start)
            try await stage.send(["d"], at: MigrationStage.start + .seconds(-86_400))
            let days = try await stage.desk.days(of: "to-polar", for: MigrationStage.boss)
            #expect(days.from == "lago" && days.to == "polar" && days.days.count == MigrationDays.usual)
            #expect(days.days.map(\.from.waiting) == [3, 1, 0, 0, 0, 0, 0])
            #expect(days.days.map(\.to.waiting) == [3, 1, 0, 0, 0, 0, 0])
            let rival = await refusal { _ = try await stage.desk.days(of: "to-polar", for: MigrationStage.rival) }
            #expect(rival == .unknown("to-polar"))
            #expect(
                await refusal { _ = try await stage.desk.days(of: "other", for: MigrationStage.boss) }
                    == .unknown("other")
            )
        }
    }

    @Test func `changes nothing in a dry run, and nothing that is refused`() async throws {
        try await MigrationStage.with { (stage) async throws in
            #expect(try await stage.order(.ramp(share: 5), isDryRun: true).isDryRun)
            #expect(await refusal { _ = try await stage.order(.resume) } == .notHeld)
            let gates = await refusal {
                _ = try await stage.desk.carryOut(
                    MigrationOrder(.ramp(share: 5)),
                    on: "to-polar",
                    by: try MigrationStage.caller(MigrationStage.boss)
                )
            }
            guard case .gates(let statuses) = gates else {
                Issue.record("\(String(describing: gates))")
                return
            }
            #expect(statuses.map(\.gate).first == .unexplained)
            #expect(try await stage.store.migrationActs().isEmpty)
            #expect(try await stage.store.auditLog(AuditFilter(), before: nil, limit: 9).isEmpty)
        }
    }

    @Test func `decides from the newest log, whoever has written it`() async throws {
        try await MigrationStage.with { (stage) async throws in
            _ = try await stage.order(.ramp(share: 5))
            try await stage.appendOfAnother(2, .hold)
            let refused = await refusal { _ = try await stage.order(.ramp(share: 25)) }
            // The clock stood still, so the hold counts from the entry before it.
            #expect(refused == .held(since: MigrationStage.start + .milliseconds(100)))
            #expect(try await stage.order(.resume).record.entry.number == 3)
        }
    }

    @Test func `refuses a plan that is unknown, or out of date`() async throws {
        try await MigrationStage.with { (stage) async throws in
            try await stage.send(["a", "b"], at: MigrationStage.start)
            #expect(await refusal { _ = try await stage.order(.ramp(share: 5), plan: "none") } == .unknownPlan("none"))
            func plan() async throws -> String {
                let order = PlanOrder(
                    .file(Array(MigrationStage.text().utf8)),
                    clock: .accepted,
                    from: nil,
                    until: nil,
                    sample: 100
                )
                let answer = try await stage.planner.plan(order, by: try MigrationStage.caller(MigrationStage.boss))
                let id = try #require(JSONDocument(ifValid: answer.json)?.root["id"]?.string)
                try await waitUntil("the plan is finished") {
                    try await stage.planner.plan(id, for: MigrationStage.boss).isFinished
                }
                return id
            }
            let first = try await plan()
            #expect(try await stage.order(.ramp(share: 5), plan: first).record.plan == first)
            #expect(try await stage.store.migrationActs().map(\.plan) == [first])
            #expect(
                await refusal { _ = try await stage.order(.ramp(share: 25), plan: first) }
                    == .stalePlan(first, .logChanged)
            )
            let second = try await plan()
            #expect(second != first)
            try Data((MigrationStage.text() + " ").utf8).write(to: stage.file)
            _ = try await stage.reloader.reload(by: try MigrationStage.caller(MigrationStage.boss))
            #expect(
                await refusal { _ = try await stage.order(.ramp(share: 25), plan: second) }
                    == .stalePlan(second, .routesChanged)
            )
        }
    }

    @Test func `returns at once, and says whose usage is on the new provider's bill`() async throws {
        try await MigrationStage.with { (stage) async throws in
            _ = try await stage.order(.ramp(share: 100))
            try await stage.send(["a", "b"], at: MigrationStage.start + .seconds(60))
            try await stage.send(["a", "a", "b"], at: MigrationStage.boundary + .seconds(60))
            stage.clock.advance(MigrationStage.boundary - MigrationStage.start + .seconds(3600))
            let dry = try await stage.order(.goBack(when: .now, customers: ["a"]), isDryRun: true)
            #expect(dry.returned?.list.map(\.customer) == ["a"])
            let outcome = try await stage.order(.goBack(when: .now, customers: nil))
            let list = try #require(outcome.returned?.list)
            #expect(list.map(\.customer) == ["a", "b"] && list.map(\.events) == [2, 1])
            let log = stage.routes.current.logs["to-polar"]
            let migration = try #require(stage.routes.current.routes.migration(named: "to-polar"))
            #expect(migration.record(by: log).side(for: "a", at: stage.clock.now + .seconds(1)) == .from)
            #expect(try await stage.order(.goBack(when: .boundary, customers: nil)).returned == nil)
        }
    }

    @Test func `shows a migration to those that may read from both providers`() async throws {
        try await MigrationStage.with { (stage) async throws in
            #expect(try await stage.desk.migrations(for: MigrationStage.boss).map(\.outline.name) == ["to-polar"])
            // Both tenants' events go to the same accounts.
            #expect(try await stage.desk.migrations(for: MigrationStage.rival).isEmpty)
            #expect(
                await refusal { _ = try await stage.desk.migration("to-polar", for: MigrationStage.rival) }
                    == .unknown("to-polar")
            )
            #expect(
                await refusal { _ = try await stage.desk.migration("x", for: MigrationStage.boss) } == .unknown("x")
            )
            let order = MigrationOrder(.hold)
            #expect(
                await refusal {
                    _ = try await stage.desk.carryOut(
                        order,
                        on: "to-polar",
                        by: try MigrationStage.caller(MigrationStage.rival)
                    )
                }
                    == .unknown("to-polar")
            )
        }
    }
}
