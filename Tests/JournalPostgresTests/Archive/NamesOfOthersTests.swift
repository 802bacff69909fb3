import Events
import Journal
import Testing

@testable import JournalPostgres

/// Reads at one gateway of what another one has named first.
@Suite struct NamesOfOthersTests {
    private static let limit = BlockLimit(events: 100, bytes: 1 << 20)

    /// Stores an event, and rejects its delivery.
    private func reject(_ id: String, of client: ClientName, at provider: ProviderName, in store: PostgresEventStore)
        async throws
    {
        let destination = Destination(provider: provider, adapter: "lago", mode: .primary)
        let event = TestJournal.event(id, client: client, plan: Plan(route: nil, destinations: [destination]))
        _ = try await store.append(AppendRequest(events: [event], policy: .each))
        let lease = try await store.lease(provider)
        let block = try #require(try await store.claimBlock(under: lease, limit: Self.limit))
        let rejected = block.deliveries.map { SettledDelivery(sequence: $0.sequence, status: .rejected) }
        try await store.settle(Settlement(provider: provider, exceptions: rejected), under: lease)
    }

    private func ids(_ filter: DeliveryFilter, in store: PostgresEventStore) async throws -> [EventID] {
        try await store.deliveries(matching: filter, after: nil, limit: 100).deliveries.map(\.event.id)
    }

    @Test func `a list by tenant or provider has what another gateway has named since`() async throws {
        let journal = try await TestJournal()
        let (writer, reader) = (try await journal.open(), try await journal.open())
        let ofShop = DeliveryFilter(tenant: "shop", statuses: [.rejected])
        #expect(try await ids(ofShop, in: reader).isEmpty)
        try await reject("a", of: "web", at: "lago", in: writer)
        #expect(try await ids(ofShop, in: reader) == ["a"], "a new tenant")
        try await reject("b", of: "worker", at: "lago", in: writer)
        #expect(try await ids(ofShop, in: reader) == ["a", "b"], "a new client of the tenant")
        try await reject("c", of: "worker", at: "polar", in: writer)
        #expect(try await ids(DeliveryFilter(providers: ["polar"]), in: reader) == ["c"], "a new provider")
        for store in [writer, reader] { await store.close() }
    }

    @Test func `a page goes on after a delivery to a provider that another gateway has named`() async throws {
        let journal = try await TestJournal()
        let (writer, reader) = (try await journal.open(), try await journal.open())
        try await reject("a", of: "web", at: "lago", in: writer)
        try await reject("b", of: "web", at: "lago", in: writer)
        let first = try await writer.deliveries(matching: DeliveryFilter(tenant: "shop"), after: nil, limit: 1)
        let next = try #require(first.next)
        let rest = try await reader.deliveries(matching: DeliveryFilter(tenant: "shop"), after: next, limit: 9)
        #expect(rest.deliveries.map(\.event.id) == ["b"])
        for store in [writer, reader] { await store.close() }
    }

    @Test func `a person's first decision reaches what another gateway has named`() async throws {
        let journal = try await TestJournal()
        let (writer, reader) = (try await journal.open(), try await journal.open())
        try await reject("a", of: "web", at: "lago", in: writer)
        let decision = DeliveryRevision(
            action: .discard,
            filter: DeliveryFilter(tenant: "shop", statuses: [.rejected], eventIDs: ["a"]),
            by: "operator",
            at: Timestamp(milliseconds: 1_750_000_000_000)
        )
        #expect(try await reader.revise(decision) == RevisionCount(changed: 1, busy: 0))
        for store in [writer, reader] { await store.close() }
    }

    @Test func `an event shows what a backfill of another gateway has sent to a provider that no route names`()
        async throws
    {
        let journal = try await TestJournal()
        let (writer, reader) = (try await journal.open(), try await journal.open())
        _ = try await writer.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        #expect(try await reader.events(withID: "a", of: "shop").count == 1)
        let started = try await writer.start(
            NewLane(
                provider: "polar",
                adapter: "polar",
                filter: LaneFilter(),
                routes: Array("routes".utf8),
                rate: 50,
                by: "operator",
                at: Timestamp(milliseconds: 1_750_000_000_000)
            )
        )
        guard case .started(let lane) = started else {
            Issue.record("\(started)")
            return
        }
        let lease = try await writer.lease(lane.number, taking: EverythingToPolar())
        let block = try #require(try await writer.claimBlock(under: lease, limit: Self.limit))
        let attempt = Attempt(at: Timestamp(milliseconds: 7), latency: .zero, httpStatus: 200, status: .delivered)
        let run = DeliveredRun(sequences: block.deliveries.map(\.sequence), attempt: attempt)
        try await writer.settle(Settlement(provider: lease.provider, delivered: [run]), under: lease)
        let event = try #require(try await reader.events(withID: "a", of: "shop").first)
        #expect(event.deliveries.map(\.provider) == ["lago", "polar"])
        #expect(event.deliveries.map(\.status) == [.pending, .delivered])
        for store in [writer, reader] { await store.close() }
    }
}

private struct EverythingToPolar: LaneMembership {
    func destination(for event: AcceptedEvent) -> Destination? {
        Destination(provider: "polar", adapter: "polar", mode: .mirror)
    }
}
