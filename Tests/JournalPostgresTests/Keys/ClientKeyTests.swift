import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct ClientKeyTests {
    private static let now = Timestamp(milliseconds: 1_750_000_000_000)

    private static func key(_ id: String, expires: Timestamp? = nil, revoked: Timestamp? = nil) -> ClientKeyRecord {
        ClientKeyRecord(
            id: id,
            digest: Array(id.utf8) + Array(repeating: 7, count: 32 - id.utf8.count),
            client: "shop",
            origin: "generated",
            created: now,
            notBefore: now,
            expires: expires,
            revoked: revoked
        )
    }

    private static func act(_ action: String) -> AuditEntry {
        AuditEntry(
            at: now,
            category: .administration,
            action: action,
            tenant: nil,
            actor: "root",
            keyID: nil,
            remoteAddress: nil,
            details: ["key": "a"]
        )
    }

    @Test func `all gateways see a key that one of them adds, and who added it`() async throws {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        #expect(try await second.clientKeys() == RecordedClientKeys(version: 0, keys: []))
        let (a, b) = (Self.key("a", expires: Self.now + .seconds(9)), Self.key("b"))
        #expect(try await first.put([a], after: 0, recording: Self.act("keys: create")))
        #expect(try await first.put([b], after: 1, recording: Self.act("keys: import")))
        #expect(try await second.clientKeyVersion() == 2)
        #expect(try await second.clientKeys() == RecordedClientKeys(version: 2, keys: [a, b]))
        let log = try await second.auditLog(AuditFilter(), before: nil, limit: 9).map(\.entry)
        #expect(log == [Self.act("keys: import"), Self.act("keys: create")])
        await first.close()
        await second.close()
    }

    @Test func `a change that was decided from old keys changes nothing`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        #expect(try await store.put([Self.key("a")], after: 0, recording: Self.act("keys: create")))
        #expect(try await store.put([Self.key("b")], after: 0, recording: Self.act("keys: create")) == false)
        #expect(try await store.clientKeys() == RecordedClientKeys(version: 1, keys: [Self.key("a")]))
        #expect(try await store.auditLog(AuditFilter(), before: nil, limit: 9).count == 1)
        await store.close()
    }

    @Test func `a key of another id is refused, and the version stays`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        #expect(try await store.put([Self.key("a")], after: 0, recording: Self.act("keys: create")))
        let a = Self.key("a")
        let copy = ClientKeyRecord(id: "b", digest: a.digest, client: "shop", origin: "imported", created: Self.now)
        #expect(try await store.put([copy], after: 1, recording: Self.act("keys: import")) == false)
        #expect(try await store.clientKeys() == RecordedClientKeys(version: 1, keys: [a]))
        await store.close()
    }

    @Test func `a revoked key stays revoked`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let revoked = Self.key("a", revoked: Self.now + .seconds(1))
        #expect(try await store.put([Self.key("a")], after: 0, recording: Self.act("keys: create")))
        #expect(try await store.put([revoked], after: 1, recording: Self.act("keys: revoke")))
        #expect(try await store.put([Self.key("a")], after: 2, recording: Self.act("keys: rotate")))
        #expect(try await store.clientKeys().keys == [revoked])
        await store.close()
    }

    @Test func `of changes at the same time one counts`() async throws {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        for version in 0..<20 as Range<Int64> {
            async let one = first.put([Self.key("f\(version)")], after: version, recording: Self.act("keys: create"))
            async let other = second.put([Self.key("s\(version)")], after: version, recording: Self.act("keys: create"))
            let (isFirst, isSecond) = (try await one, try await other)
            #expect(isFirst != isSecond)
        }
        #expect(try await first.clientKeys().keys.count == 20)
        #expect(try await first.clientKeyVersion() == 20)
        await first.close()
        await second.close()
    }

    @Test func `the command line works on the keys without being a gateway`() async throws {
        let journal = try await TestJournal()
        let keys = try await PostgresClientKeys.open(journal.settings, logger: TestJournal.logger)
        #expect(try await keys.put([Self.key("a")], after: 0, recording: Self.act("keys: create")))
        #expect(try await keys.clientKeys().keys == [Self.key("a")])
        #expect(try await journal.server.run("SELECT count(*) FROM nodes", schema: journal.schema) == ["0"])
        await keys.close()
    }

    @Test func `all gateways see when a key was used last, on the latest day that any of them has noted`() async throws
    {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        func use(_ id: UInt8, _ day: String) -> ClientKeyUse {
            ClientKeyUse(digest: Array(repeating: id, count: 32), day: day)
        }
        func uses() async throws -> [ClientKeyUse] {
            try await second.clientKeyUses().sorted { $0.digest[0] < $1.digest[0] }
        }
        #expect(try await uses().isEmpty)
        try await first.note([use(1, "2026-11-28"), use(2, "2026-11-29")], forgettingBefore: "2026-01-01")
        try await second.note([use(1, "2026-11-29"), use(2, "2026-11-28")], forgettingBefore: "2026-01-01")
        #expect(try await uses() == [use(1, "2026-11-29"), use(2, "2026-11-29")])
        try await first.note([use(2, "2027-12-31")], forgettingBefore: "2027-01-01")
        #expect(try await uses() == [use(2, "2027-12-31")])
        await first.close()
        await second.close()
        // It changes nothing about the journal itself.
        await (try await journal.open()).close()
    }
}
