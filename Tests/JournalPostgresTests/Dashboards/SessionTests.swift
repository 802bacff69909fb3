import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct SessionTests {
    private static let limits = SessionLimits(idle: .seconds(1800), longest: .seconds(43_200), count: 3)

    private static func digest(_ number: UInt8) -> [UInt8] { Array(repeating: number, count: 32) }

    private func open(_ store: PostgresEventStore, _ numbers: [UInt8] = Array(0..<9)) async throws -> [UInt8] {
        try await store.sessions(numbers.map(Self.digest), within: Self.limits).map { $0.token[0] }.sorted()
    }

    @Test func `a session that one gateway opens or closes is open or closed at all`() async throws {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        try await first.openSession(Self.digest(1), key: Self.digest(7), within: Self.limits)
        try await second.openSession(Self.digest(2), key: Self.digest(8), within: Self.limits)
        let found = try await second.sessions([Self.digest(1), Self.digest(5)], within: Self.limits)
        #expect(found.map(\.token) == [Self.digest(1)] && found.map(\.key) == [Self.digest(7)])
        #expect(found[0].age < .seconds(600) && found[0].unused <= found[0].age)
        try await second.closeSession(Self.digest(1))
        try await second.closeSession(Self.digest(1))
        #expect(try await open(first) == [2])
        await first.close()
        await second.close()
    }

    @Test func `a session ends when it is not used, and when it is old, and using it keeps it`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        for number in [1, 2, 3] as [UInt8] {
            try await store.openSession(Self.digest(number), key: Self.digest(7), within: Self.limits)
        }
        let age =
            "UPDATE sessions SET used_at = used_at - interval '29 minutes', opened_at = opened_at - interval '29 minutes'"
        _ = try await journal.server.run(age, schema: journal.schema)
        #expect(try await open(store) == [1, 2, 3])
        try await store.useSessions([Self.digest(2), Self.digest(6)])
        _ = try await journal.server.run(age, schema: journal.schema)
        #expect(try await open(store) == [2])
        _ = try await journal.server.run(
            "UPDATE sessions SET opened_at = now() - interval '12 hours'",
            schema: journal.schema
        )
        #expect(try await open(store) == [])
        try await store.openSession(Self.digest(4), key: Self.digest(7), within: Self.limits)
        #expect(try await journal.server.run("SELECT count(*) FROM sessions", schema: journal.schema) == ["1"])
        await store.close()
    }

    @Test func `at the limit, the session that was unused longest makes room`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        for number in [1, 2, 3] as [UInt8] {
            try await store.openSession(Self.digest(number), key: Self.digest(7), within: Self.limits)
        }
        try await store.useSessions([Self.digest(1)])
        try await store.openSession(Self.digest(4), key: Self.digest(7), within: Self.limits)
        #expect(try await open(store) == [1, 3, 4])
        await store.close()
    }
}
