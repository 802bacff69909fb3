import Events
import Journal

extension StoreBehaviour {
    static let migrations: [StoreCheck] = [
        StoreCheck("keeps acts of migrations with all that they say, over a crash, and records who did them") {
            store,
            fixture in
            try expect(try await store.migrationVersion(), 0, "the version of no act")
            try expect(try await store.migrationActs(), [], "no act")
            let acts = [act(1), act(2, plan: "plan-1"), act(3, keyID: nil), act(1, of: "a to b")]
            for (number, act) in acts.enumerated() {
                let isAppended = try await store.append(act, recording: entry("act \(number)"))
                try expect(isAppended, true, "act \(number)")
            }
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.migrationVersion(), 4, "the version")
            try expect(try await reopened.migrationActs(), [acts[3], acts[0], acts[1], acts[2]], "the acts")
            let log = try await reopened.auditLog(AuditFilter(), before: nil, limit: 9)
            try expect(log.map(\.entry), (0..<4).reversed().map { entry("act \($0)") }, "the audit log")
            return reopened
        },
        StoreCheck("refuses an act whose number is not the next one, and records nothing") { store, _ in
            try expect(try await store.append(act(1), recording: entry("first")), true, "the first")
            for number in [-1, 0, 1, 3, .max] {
                let isAppended = try await store.append(act(number, action: "cut"), recording: entry("other"))
                try expect(isAppended, false, "number \(number)")
            }
            try expect(try await store.migrationActs(), [act(1)], "the acts")
            try expect(try await store.auditLog(AuditFilter(), before: nil, limit: 9).count, 1, "the audit log")
            return store
        },
        StoreCheck("lets one of several acts with the same number win") { store, _ in
            for number in 1...5 {
                let won = try await withThrowingTaskGroup(of: String?.self) { group in
                    for caller in 0..<4 {
                        group.addTask {
                            let act = act(number, action: "caller \(caller)")
                            return try await store.append(act, recording: entry("caller \(caller)")) ? act.action : nil
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
                }
                try expect(won.count, 1, "how many have won at \(number)")
                try expect(try await store.migrationActs().map(\.action).suffix(1), won[...], "the newest act")
            }
            try expect(try await store.migrationVersion(), 5, "the version")
            try expect(try await store.auditLog(AuditFilter(), before: nil, limit: 99).count, 5, "the audit log")
            return store
        },
    ]

    private static func act(
        _ number: Int,
        of migration: MigrationName = "to-polar",
        action: String = "ramp",
        plan: String? = nil,
        keyID: String? = "k1"
    ) -> MigrationAct {
        MigrationAct(
            migration: migration,
            number: number,
            action: action,
            detail: Array(#"{"share": 5}"#.utf8) + [0, 255],
            plan: plan,
            actor: "désk",
            keyID: keyID,
            at: Timestamp(milliseconds: 1_750_000_000_000 + Int64(number & 0xFF))
        )
    }

    private static func entry(_ action: String) -> AuditEntry {
        AuditEntry(
            at: Timestamp(milliseconds: 1_750_000_000_000),
            category: .administration,
            action: action,
            tenant: nil,
            actor: "désk",
            keyID: "k1",
            remoteAddress: "10.1.2.3",
            details: ["migration": "to-polar"]
        )
    }
}
