import Access
import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct AllotmentTests {
    /// Nothing comes back while a test runs.
    private static let slow = RateLimit(requests: 100, per: .seconds(1_000_000))

    private static func order(_ needed: Double, _ wanted: Double = 0, of limit: RateLimit = slow) -> TokenOrder {
        TokenOrder(of: "shop", "events", limit: limit, needed: needed, wanted: wanted)
    }

    /// A journal with its tables.
    private static func madeJournal() async throws -> TestJournal {
        let journal = try await TestJournal()
        try await journal.open().close()
        return journal
    }

    /// The limits as a gateway has them, but that wait however long a busy database takes.
    private static func limits(of journal: TestJournal) -> PostgresAllotments {
        PostgresAllotments(journal.settings, patience: .seconds(300), logger: TestJournal.logger)
    }

    @Test func `gives what is needed or nothing, and of what is wanted what is there`() async throws {
        let journal = try await Self.madeJournal()
        let (first, second) = (Self.limits(of: journal), Self.limits(of: journal))
        #expect(try await #require(first.allot(Self.order(60, 10))).tokens == 70)
        let refused = try #require(await second.allot(Self.order(31)))
        #expect(refused.tokens == 0 && abs(refused.left - 30) < 0.1)
        let rest = try #require(await second.allot(Self.order(10, 50)))
        #expect(abs(rest.tokens - 30) < 0.1 && rest.left < 0.1)
        let other = TokenOrder(of: "shop", "requests", limit: Self.slow, needed: 100)
        #expect(await first.allot(other) == TokenGrant(tokens: 100, left: 0))
        await first.close()
        await second.close()
    }

    @Test func `tokens come back by the database's clock, up to the limit`() async throws {
        let journal = try await Self.madeJournal()
        let limits = Self.limits(of: journal)
        _ = await limits.allot(Self.order(100))
        // Half of the time in which all come back.
        let age = "UPDATE allotments SET at = at - interval '500000 seconds'"
        try await journal.server.run(age, schema: journal.schema)
        let half = try #require(await limits.allot(Self.order(0)))
        #expect(abs(half.left - 50) < 0.1)
        try await journal.server.run(age + "; " + age, schema: journal.schema)
        #expect(try #require(await limits.allot(Self.order(0))).left == 100)
        // A clock that went back takes nothing away.
        try await journal.server.run("UPDATE allotments SET at = at + interval '1 day'", schema: journal.schema)
        #expect(try #require(await limits.allot(Self.order(0))).left == 100)
        await limits.close()
    }

    @Test func `gives more than the limit has when it is full, and nothing until that is paid for`() async throws {
        let limits = Self.limits(of: try await Self.madeJournal())
        #expect(await limits.allot(Self.order(250)) == TokenGrant(tokens: 250, left: -150))
        #expect(try #require(await limits.allot(Self.order(1))).tokens == 0)
        await limits.close()
    }

    @Test func `a client's requests at two gateways stay within its limit together`() async throws {
        let journal = try await Self.madeJournal()
        let (first, second) = (Self.limits(of: journal), Self.limits(of: journal))
        let limiters = [ClientLimiter(sharing: first), ClientLimiter(sharing: second)]
        let client = Client(
            name: "shop",
            tenant: "t",
            scopes: [.writeEvents],
            limits: ClientLimits(requests: Self.slow, events: RateLimit(requests: 1000, per: .seconds(1_000_000)))
        )
        let admitted = await withTaskGroup(of: (Int, Int).self) { group in
            for number in 0..<300 {
                group.addTask {
                    let limiter = limiters[number % 2]
                    let isAdmitted = await Self.succeeds { try await limiter.admitRequest(of: client) }
                    let hasEvents = await Self.succeeds { try await limiter.admit(events: 7, of: client) }
                    return (isAdmitted ? 1 : 0, hasEvents ? 7 : 0)
                }
            }
            return await group.reduce(into: (0, 0)) { $0 = ($0.0 + $1.0, $0.1 + $1.1) }
        }
        #expect(admitted.0 == 100)
        #expect(admitted.1 == 994)
        await first.close()
        await second.close()
    }

    @Test func `a gateway whose database is away counts alone`() async throws {
        let nowhere = PostgresStoreSettings(address: Secret("postgresql:///none?host=/nowhere/at/all"))
        let allotments = PostgresAllotments(nowhere, logger: TestJournal.logger)
        #expect(await allotments.allot(Self.order(1)) == nil)
        let limiter = ClientLimiter(sharing: allotments)
        let client = Client(name: "shop", tenant: "t", scopes: [], limits: ClientLimits(requests: Self.slow))
        var admitted = 0
        while await Self.succeeds({ try await limiter.admitRequest(of: client) }) { admitted += 1 }
        #expect(admitted == 100)
        await allotments.close()
    }

    /// Whether something is within the limit.
    private static func succeeds(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return true
        } catch {
            #expect(error is LimitExceeded)
            return false
        }
    }
}
