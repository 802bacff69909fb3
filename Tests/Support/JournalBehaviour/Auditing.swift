import Events
import Journal

extension StoreBehaviour {
    static let auditing: [StoreCheck] = [
        StoreCheck("keeps audit entries with all that they say, over a crash, newest first and in pages") {
            store,
            fixture in
            let entries = (1...5).map {
                entry("act \($0)", at: Int64($0), details: ["provider": "lago", "n": "\($0)"])
            }
            for entry in entries { try await store.record(entry) }
            let reopened = try await fixture.crash(store)
            let first = try await reopened.auditLog(AuditFilter(), before: nil, limit: 2)
            try expect(first.map(\.entry), [entries[4], entries[3]], "the first page")
            let second = try await reopened.auditLog(AuditFilter(), before: first.last?.number, limit: 9)
            try expect(second.map(\.entry), [entries[2], entries[1], entries[0]], "the second page")
            try await reopened.record(entry("act 6", at: 6))
            let newest = try await reopened.auditLog(AuditFilter(), before: nil, limit: 1)
            try expect(newest.map { $0.number > first[0].number }, [true], "numbers rise after a crash")
            return reopened
        },
        StoreCheck("keeps an audit entry whose tenant, actor, key and address are not known") { store, fixture in
            let refused = AuditEntry(
                at: Sample.accepted,
                category: .signIn,
                action: "key refused",
                tenant: nil,
                actor: nil,
                keyID: nil,
                remoteAddress: nil,
                details: [:]
            )
            try await store.record(refused)
            let reopened = try await fixture.restart(store)
            let all = try await reopened.auditLog(AuditFilter(), before: nil, limit: 9)
            try expect(all.map(\.entry), [refused], "the entry")
            return reopened
        },
        StoreCheck("takes audit entries that a filter means, and no others") { store, _ in
            try await store.record(entry("hold", at: 1))
            try await store.record(entry("resume", at: 2, actor: "desk"))
            try await store.record(entry("hold", at: 3, tenant: "bank"))
            try await store.record(entry("read", at: 4, category: .vendorRead))
            let cases: [(AuditFilter, [Int64])] = [
                (AuditFilter(), [4, 3, 2, 1]),
                (AuditFilter(tenant: "shop"), [4, 2, 1]),
                (AuditFilter(categories: [.administration]), [3, 2, 1]),
                (AuditFilter(categories: [.vendorRead, .signIn]), [4]),
                (AuditFilter(actor: "desk"), [2]),
                (AuditFilter(tenant: "shop", action: "hold"), [1]),
                (AuditFilter(from: Timestamp(milliseconds: 2), before: Timestamp(milliseconds: 4)), [3, 2]),
                (AuditFilter(tenant: "other"), []),
            ]
            for (filter, expected) in cases {
                let found = try await store.auditLog(filter, before: nil, limit: 9)
                try expect(found.map(\.entry.at.milliseconds), expected, "\(filter)")
            }
            return store
        },
        StoreCheck("finds audit entries by the id of their request, whatever characters it has") { store, _ in
            let ids = ["r1", "r10", #"a"b\c/d"#, "r*?%_"]
            for (place, id) in ids.enumerated() {
                try await store.record(entry("act", at: Int64(place), details: [AuditEntry.requestIDDetail: id]))
            }
            // What looks like a request's id within another detail is none.
            try await store.record(entry("act", at: 9, details: ["reason": #""request_id":"r1""#]))
            try await store.record(entry("act", at: 10))
            for (place, id) in ids.enumerated() {
                let found = try await store.auditLog(AuditFilter(requestID: id), before: nil, limit: 9)
                try expect(found.map(\.entry.at.milliseconds), [Int64(place)], id)
            }
            for id in ["r", "1", "", "R1"] {
                try expect(try await store.auditLog(AuditFilter(requestID: id), before: nil, limit: 9), [], id)
            }
            return store
        },
        StoreCheck("removes audit entries that are older than a timestamp, and gives no number twice") {
            store,
            fixture in
            for milliseconds in [10, 20, 30, 25, 40] as [Int64] {
                try await store.record(entry("act", at: milliseconds))
            }
            let last = try await store.auditLog(AuditFilter(), before: nil, limit: 1).first?.number ?? 0
            func remove(before milliseconds: Int64) async throws -> Int {
                try await store.removeAuditEntries(before: Timestamp(milliseconds: milliseconds))
            }
            try expect(try await remove(before: 10), 0, "nothing is older")
            try expect(try await remove(before: 26), 2, "up to the first that stays")
            let left = try await store.auditLog(AuditFilter(), before: nil, limit: 9).map(\.entry.at.milliseconds)
            try expect(left, [40, 25, 30], "what is left")
            try expect(try await remove(before: 1000), 3, "all are older")
            let reopened = try await fixture.restart(store)
            try expect(try await reopened.auditLog(AuditFilter(), before: nil, limit: 9), [], "nothing comes back")
            try await reopened.record(entry("act", at: 50))
            let next = try await reopened.auditLog(AuditFilter(), before: nil, limit: 1).first?.number ?? 0
            try expect(next > last, true, "the number is new")
            return reopened
        },
        StoreCheck("cuts the texts of audit entries to their limits, at whole characters") { store, _ in
            let long = String(repeating: "a", count: AuditEntry.textLimitBytes - 1) + "é"
            let many = Dictionary(uniqueKeysWithValues: (100..<200).map { ("\($0)", long) })
            try await store.record(entry(long, at: 1, details: many))
            let found = try await store.auditLog(AuditFilter(), before: nil, limit: 1)
            let kept = try require(found.first?.entry, "the entry")
            let expected = String(long.dropLast())
            try expect(kept.action, expected, "the action")
            try expect(kept.details.keys.sorted(), (100..<132).map { "\($0)" }, "the details' names")
            try expect(Set(kept.details.values), [expected], "the details' values")
            return store
        },
    ]

    private static func entry(
        _ action: String,
        at milliseconds: Int64,
        category: AuditEntry.Category = .administration,
        tenant: TenantID? = "shop",
        actor: String = "web",
        details: [String: String] = [:]
    ) -> AuditEntry {
        AuditEntry(
            at: Timestamp(milliseconds: milliseconds),
            category: category,
            action: action,
            tenant: tenant,
            actor: actor,
            keyID: "k1",
            remoteAddress: "10.1.2.3",
            details: details
        )
    }
}
