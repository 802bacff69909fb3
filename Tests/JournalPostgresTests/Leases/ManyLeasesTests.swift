import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct ManyLeasesTests {
    private static let many: ClosedRange<Int32> = 1001...1600

    /// Adds the accounts as this node's. Without that, the gateway takes them for commits that the database has lost.
    private static func addAccounts(_ journal: TestJournal, of store: PostgresEventStore) async throws {
        let node = try #require(store.ledger.keeper.node)
        try await journal.server.run(
            """
            INSERT INTO accounts(number, name, epoch, node) OVERRIDING SYSTEM VALUE
                SELECT n, 'other-' || n, 1, \(node) FROM generate_series(\(many.lowerBound), \(many.upperBound)) n
            """,
            schema: journal.schema
        )
    }

    /// Work on one of these accounts.
    private static func work(_ account: Int32, epoch: Int64 = 1, in store: PostgresEventStore) -> AccountWork {
        AccountWork(
            AccountLease(provider: ProviderName("other-\(account)"), epoch: epoch),
            account: account,
            node: store.ledger.keeper.node ?? 0,
            lane: nil,
            ownSince: .start,
            progress: AccountProgress(slots: [:]),
            in: store.ledger,
            of: store.parts
        )
    }

    @Test func `only the newest lease of an account leads to its work`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        try await Self.addAccounts(journal, of: store)
        let desk = store.ledger.desk
        let (old, new, other) = (
            Self.work(1001, in: store), Self.work(1001, epoch: 2, in: store), Self.work(1002, in: store)
        )
        for work in [old, other] { desk.begin(work) }
        #expect(try desk.work(under: old.lease) === old && desk.work(under: other.lease) === other)
        desk.begin(new)
        #expect(throws: StoreError.leaseLost) { try desk.work(under: old.lease) }
        #expect(try desk.work(under: new.lease) === new && desk.work(under: other.lease) === other)
        desk.end(new, wasGivenBack: true)
        #expect(throws: StoreError.leaseLost) { try desk.work(under: new.lease) }
        desk.end(other, wasGivenBack: true)
        await store.close()
    }

    @Test func `intents and outcomes of an account are written however many leases were begun since`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        let lease = try await store.lease("lago")
        let block = try await store.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20))
        let claimed = try #require(block).deliveries.map(\.sequence)
        try await Self.addAccounts(journal, of: store)
        let (desk, others) = (store.ledger.desk, Self.many.map { Self.work($0, in: store) })
        // As backfills begin again and again.
        for other in others {
            desk.begin(other)
            desk.end(other, wasGivenBack: true)
        }
        try await store.intend(claimed, under: lease)
        #expect(store.holdings.accounts.contains { $0.provider == "lago" && $0.isHeld && $0.hasIntended })
        #expect(desk.recentWorks.count < others.count, "those that have ended are forgotten")
        // As a node holds the accounts of many tenants.
        let held = Self.many.map { Self.work($0, in: store) }
        for other in held { desk.begin(other) }
        let attempt = Attempt(at: Timestamp(milliseconds: 1), latency: .zero, httpStatus: 200, status: .delivered)
        let run = DeliveredRun(sequences: claimed, attempt: attempt)
        try await store.settle(Settlement(provider: "lago", delivered: [run]), under: lease)
        for other in held { desk.end(other, wasGivenBack: true) }
        try await store.giveBack(lease, unsent: [])
        #expect(try await store.events(withID: "a", of: "shop").first?.deliveries.first?.status == .delivered)
        await store.close()
    }
}
