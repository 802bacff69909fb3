import Events
import Journal
import JournalSQLite
import Logging
import Migration
import OfRecord
import Routing
import Testing

@testable import Gateway
@testable import Ingress

/// What gates order by themselves, and what readiness says of it.
@Suite struct MigrationGateTests {
    @Test func `holds a migration whose comparisons do not run, says why, and stays held`() async throws {
        try await MigrationStage.with { (stage) async throws in
            await stage.watch.look()
            #expect(stage.watch.current.isEmpty)
            try await stage.appendOfAnother(1, .ramp(share: 5))
            try await stage.book.refresh()
            await stage.watch.look()
            let hold = try #require(stage.watch.current.first?.hold)
            #expect(hold.actor == "gateway" && hold.reason == "unexplained is unknown: not measured yet")
            #expect(stage.routes.current.logs["to-polar"].isHeld)
            let log = try await stage.store.auditLog(AuditFilter(), before: nil, limit: 1)
            #expect(log.first?.entry.action == "migrations: hold" && log.first?.entry.details["reason"] == hold.reason)
            await stage.watch.look()
            #expect(try await stage.store.migrationActs().count == 2)
            // A restart.
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let routes = CurrentRoutes(stage.routes.current.routes)
            _ = try await MigrationBook(stage.store, routes: routes, logger: quiet)
            #expect(routes.current.logs["to-polar"].isHeld)
            // Whoever resumes it overrides what is not green.
            _ = try await stage.order(.resume)
            await stage.watch.look()
            #expect(!stage.routes.current.logs["to-polar"].isHeld)
        }
    }

    @Test func `holds nothing without auto_hold, and tells what it would have done`() async throws {
        try await MigrationStage.with(autoHold: false) { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 5))
            try await stage.book.refresh()
            await stage.watch.look()
            let status = try #require(stage.watch.current.first)
            #expect(status.hold == nil && status.reasonToHold == "unexplained is unknown: not measured yet")
            #expect(try await stage.store.migrationActs().count == 1)
        }
    }

    @Test func `returns the customers when the new vendor loses events, if the file says so`() async throws {
        try await MigrationStage.with(autoReturn: true, verifies: true) { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 100))
            try await stage.book.refresh()
            stage.watched.lose(at: stage.clock.now)
            await stage.watch.look()
            let records = stage.book.current["to-polar"]
            #expect(records.map(\.entry.action.name) == ["ramp", "return"], "no hold comes before it")
            #expect(records.last?.actor == "gateway")
            #expect(records.last?.reason == "lost is red: 1 of 1 read back, at most 0")
            let entry = try #require(try await stage.store.auditLog(AuditFilter(), before: nil, limit: 9).first?.entry)
            #expect(entry.action == "migrations: return" && entry.details["customers"] == "all")
            await stage.watch.look()
            #expect(stage.book.current["to-polar"].count == 2, "it returns them once")
        }
        try await MigrationStage.with(verifies: true) { (stage) async throws in
            try await stage.appendOfAnother(1, .ramp(share: 100))
            try await stage.book.refresh()
            stage.watched.lose(at: stage.clock.now)
            await stage.watch.look()
            let records = stage.book.current["to-polar"]
            #expect(records.map(\.entry.action.name) == ["ramp", "hold"])
            #expect(records.last?.reason?.contains("lost is red: 1 of 1 read back, at most 0") ?? false)
        }
    }

    @Test func `a gate orders nothing if somebody was first since it was looked at`() async throws {
        try await MigrationStage.with(verifies: true) { (stage) async throws in
            _ = try await stage.order(.ramp(share: 100))
            stage.watched.lose(at: stage.clock.now)
            let outline = try await stage.desk.migration("to-polar", for: MigrationStage.boss).outline
            let status = try await stage.desk.status(of: outline)
            // Somebody goes on in spite of it.
            _ = try await stage.order(.hold)
            _ = try await stage.order(.resume)
            #expect(await refusal { try await stage.desk.hold(status, because: "lost is red") } == .overtaken)
            #expect(await refusal { try await stage.desk.goBack(status, because: "lost is red") } == .overtaken)
            #expect(stage.book.current["to-polar"].map(\.entry.action.name) == ["ramp", "hold", "resume"])
            #expect(!stage.routes.current.logs["to-polar"].isHeld)
        }
    }

    @Test func `counts what waits for the own account of a tenant, and asks for its comparison`() async throws {
        try await MigrationStage.with(rivalHasAnAccount: true) { (stage) async throws in
            let now = stage.clock.now
            try await stage.send(["c1"], at: now + .seconds(-100), by: MigrationStage.rival)
            try await stage.send(["c2"], at: now + .seconds(-10))
            let outline = try await stage.desk.migration("to-polar", for: MigrationStage.boss).outline
            #expect(
                outline.accounts == [
                    AccountPair(from: "lago", to: "polar"), AccountPair(from: "lago", to: "polar@rival"),
                ]
            )
            let gates = try await stage.desk.status(of: outline).gates
            #expect(gates.first { $0.gate == .rejected }?.figure == "0 of 2 (0%)")
            #expect(gates.first { $0.gate == .backlogAge }?.figure == "100 s")
        }
    }

    @Test func `counts nothing of a tenant whose events another route takes`() async throws {
        try await MigrationStage.with(
            autoReturn: true,
            verifies: true,
            rivalHasAnAccount: true,
            rivalHasARoute: true
        ) { (stage) async throws in
            let now = stage.clock.now
            try await stage.send(["c1"], at: now + .seconds(-100), by: MigrationStage.rival)
            try await stage.send(["c2"], at: now + .seconds(-10))
            let outline = try await stage.desk.migration("to-polar", for: MigrationStage.boss).outline
            #expect(outline.accounts == [AccountPair(from: "lago", to: "polar")])
            #expect(outline.newAccounts == ["polar"])
            let gates = try await stage.desk.status(of: outline).gates
            #expect(gates.first { $0.gate == .rejected }?.figure == "0 of 1 (0%)")
            #expect(gates.first { $0.gate == .backlogAge }?.figure == "10 s")
        }
    }

    @Test func `is in readyz once something was ordered, and not ready while it is held`() {
        func record(_ number: Int, _ action: MigrationEntry.Action, reason: String? = nil) -> MigrationRecord {
            MigrationRecord(
                migration: "m",
                entry: MigrationEntry(number: number, at: Timestamp(milliseconds: 0), action: action),
                reason: reason,
                actor: "ops"
            )
        }
        #expect(GatewayReadiness.migrationItem("m", at: "polar", []) == nil)
        let ramp = GatewayReadiness.migrationItem("m", at: "polar", [record(1, .ramp(share: 5))])
        #expect(ramp?.isReady == true && ramp?.provider == "polar" && ramp?.isEssential == false)
        #expect(ramp?.detail == "ramp by ops at 1970-01-01T00:00:00.000Z")
        let held = GatewayReadiness.migrationItem(
            "m",
            at: "polar",
            [record(1, .hold, reason: "B is slow"), record(2, .stage(.mirror))]
        )
        #expect(held?.isReady == false)
        #expect(
            held?.detail
                == "held by ops since 1970-01-01T00:00:00.000Z: B is slow; tollgate migrate resume m ends it"
        )
        let resumed = GatewayReadiness.migrationItem("m", at: "polar", [record(1, .hold), record(2, .resume)])
        #expect(resumed?.isReady == true)
    }
}
