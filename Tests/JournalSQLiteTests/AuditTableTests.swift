import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// The rows of the audit log: what their limits remove, and what a filter takes.
@Suite struct AuditTableTests {
    private func entry(
        _ category: AuditEntry.Category = .administration,
        at time: Int64 = 0,
        action: String = "act",
        tenant: TenantID? = "shop",
        actor: String? = "ops",
        details: [String: String] = [:]
    ) -> AuditEntry {
        AuditEntry(
            at: Timestamp(milliseconds: time),
            category: category,
            action: action,
            tenant: tenant,
            actor: actor,
            keyID: nil,
            remoteAddress: nil,
            details: details
        )
    }

    private func add(_ entries: [AuditEntry], keeping limit: Int = 100, to journal: MemoryJournal) throws {
        try journal.write { db in
            for entry in entries { try AuditTable.insert(entry, keeping: limit, in: db) }
        }
    }

    private func times(
        _ filter: AuditFilter = AuditFilter(),
        before: Int64? = nil,
        limit: Int = 100,
        in journal: MemoryJournal
    ) throws -> [Int64] {
        try journal.read { try AuditTable.entries(filter, before: before, limit: limit, in: $0) }
            .map(\.entry.at.milliseconds)
    }

    @Test(arguments: [(3, 3), (1, 1), (0, 1), (-5, 1)])
    func `keeps so many of each category, at least one`(limit: Int, kept: Int) throws {
        let journal = try MemoryJournal()
        for time in 0..<10 as Range<Int64> {
            try add([entry(.signIn, at: time), entry(.refused, at: 100 + time)], keeping: limit, to: journal)
        }
        try add([entry(.session, at: 500)], keeping: limit, to: journal)
        var expected: [Int64] = [500]
        for number in 0..<Int64(kept) { expected += [109 - number, 9 - number] }
        #expect(try times(in: journal) == expected)
    }

    /// A limit that was lowered takes effect with the next entry.
    @Test func `removes all beyond the limit at once`() throws {
        let journal = try MemoryJournal()
        try add((0..<20).map { entry(at: $0) }, keeping: 20, to: journal)
        try add([entry(at: 20)], keeping: 2, to: journal)
        #expect(try times(in: journal) == [20, 19])
    }

    @Test func `gives no number twice, also when the newest entries were removed`() throws {
        let journal = try MemoryJournal()
        try add([entry(at: 1), entry(at: 2)], to: journal)
        let removed = try journal.write { try AuditTable.remove(before: Timestamp(milliseconds: 100), in: $0) }
        #expect(removed == 2)
        try add([entry(at: 3)], to: journal)
        let numbers = try journal.read { try AuditTable.entries(AuditFilter(), before: nil, limit: 9, in: $0) }
        #expect(numbers.map(\.number) == [3])
    }

    @Test(arguments: [(0, 0), (10, 0), (11, 1), (15, 1), (21, 2), (40, 2), (41, 4), (.max, 4)] as [(Int64, Int)])
    func `removes up to the first entry of that time or later, in the order in which they came`(
        before: Int64,
        count: Int
    ) throws {
        let journal = try MemoryJournal()
        // The clock was set back before the last.
        try add([10, 20, 40, 5].map { entry(at: $0) }, to: journal)
        let removed = try journal.write { try AuditTable.remove(before: Timestamp(milliseconds: before), in: $0) }
        #expect(removed == count)
        #expect(try times(in: journal) == Array([5, 40, 20, 10].dropLast(count)))
    }

    @Test func `each condition of a filter holds, and all of them together`() throws {
        let journal = try MemoryJournal()
        try add(
            [
                entry(.signIn, at: 1, action: "a", tenant: nil, actor: nil),
                entry(.signIn, at: 2, action: "b", tenant: "shop", actor: "ops"),
                entry(.refused, at: 3, action: "a", tenant: "bank", actor: "Ops"),
                entry(.session, at: 4, action: "a", tenant: "shop", actor: "ops"),
            ],
            to: journal
        )
        let filters: [(AuditFilter, [Int64])] = [
            (AuditFilter(), [4, 3, 2, 1]), (AuditFilter(tenant: "shop"), [4, 2]),
            (AuditFilter(categories: [.signIn, .refused]), [3, 2, 1]), (AuditFilter(actor: "ops"), [4, 2]),
            (AuditFilter(action: "a"), [4, 3, 1]), (AuditFilter(from: Timestamp(milliseconds: 2)), [4, 3, 2]),
            (AuditFilter(before: Timestamp(milliseconds: 2)), [1]),
            (AuditFilter(tenant: "shop", categories: [.signIn, .session], actor: "ops", action: "a"), [4]),
            (AuditFilter(tenant: "shop", categories: [.refused]), []),
        ]
        for (filter, expected) in filters { #expect(try times(filter, in: journal) == expected, "\(filter)") }
    }

    @Test func `a page begins below a number and ends at its limit`() throws {
        let journal = try MemoryJournal()
        try add((1...5).map { entry(at: $0) }, to: journal)
        #expect(try times(before: 4, limit: 2, in: journal) == [3, 2])
        #expect(try times(before: 1, in: journal).isEmpty)
        for limit in [0, -1, .min] { #expect(try times(limit: limit, in: journal).isEmpty) }
        #expect(try times(before: .min, limit: .max, in: journal).isEmpty)
        #expect(try times(before: .max, limit: .max, in: journal).count == 5)
    }

    @Test(arguments: ["r1", "a/b", "\"", "\\", "\\\"", "caf\u{E9}", "x\",\"request_id\":\"y"])
    func `finds the entries of a request, and none that only look like them`(id: String) throws {
        let journal = try MemoryJournal()
        let name = AuditEntry.requestIDDetail
        try add(
            [
                entry(at: 1, details: [name: id, "a": "b"]), entry(at: 2, details: [name: id + "x"]),
                entry(at: 3, details: [name: "x" + id]), entry(at: 4, details: ["note": "\"\(name)\":\"\(id)\""]),
                entry(at: 5, details: ["\(name)\":\"\(id)\"": ""]), entry(at: 6),
            ],
            to: journal
        )
        #expect(try times(AuditFilter(requestID: id), in: journal) == [1])
    }

    @Test(arguments: [Int64.max, -1, .min])
    func `a number behind which there is none is reported, and nothing is added`(ordinal: Int64) throws {
        let journal = try MemoryJournal()
        try add([entry()], to: journal)
        try journal.execute("UPDATE audit SET ordinal = ?", [ordinal])
        #expect(throws: DamagedRow.self) { try add([entry(at: 1)], to: journal) }
        // Those of other categories are counted for themselves.
        try add([entry(.session, at: 2)], to: journal)
        #expect(try times(in: journal) == [2, 0])
    }

    @Test(arguments: ["category = 'later'", "details = x'7b'", "details = x'5b5d'"])
    func `an entry that cannot be read is reported`(change: String) throws {
        let journal = try MemoryJournal()
        try add([entry()], to: journal)
        try journal.execute("UPDATE audit SET \(change)")
        #expect(throws: (any Error).self) { try times(in: journal) }
    }
}
