import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct LateTestimonyTests {
    private let attempt = Attempt(
        at: Timestamp(milliseconds: 7),
        latency: .milliseconds(3),
        httpStatus: 200,
        status: .delivered
    )

    /// A node sends two events, is buried before the answer comes, and settles when another one owns the account.
    private func sendAndLose(_ journal: TestJournal) async throws -> (
        PostgresEventStore, PostgresEventStore, [SequenceNumber]
    ) {
        let (first, second) = (try await journal.open(), try await journal.open())
        let events = ["a", "b"].map { TestJournal.event($0) }
        _ = try await first.append(AppendRequest(events: events, policy: .each))
        let old = try await first.lease("lago")
        let limit = BlockLimit(events: 9, bytes: 1 << 20)
        let sent = try #require(try await first.claimBlock(under: old, limit: limit)).deliveries.map(\.sequence)
        try await first.intend(sent, under: old)
        let node = try #require(first.ledger.keeper.node)
        let free = Statement.freeWhatTheBuriedHeld.map(\.text).joined(separator: "; ")
        try await journal.server.run("DELETE FROM nodes WHERE node = \(node); \(free)", schema: journal.schema)
        let new = try await second.lease("lago")
        let interrupted = try await second.claimInterrupted(under: new).map(\.sequence)
        #expect(interrupted == sent)
        let doubts = interrupted.map { SettledDelivery(sequence: $0, status: .uncertain) }
        try await second.settle(Settlement(provider: "lago", exceptions: doubts), under: new)
        return (first, second, sent)
    }

    @Test func `makes what the vendor confirmed too late delivered`() async throws {
        let (first, second, sent) = try await sendAndLose(TestJournal { $0.lease = .seconds(60) })
        let old = AccountLease(provider: "lago", epoch: 1)
        let confirmed = DeliveredRun(sequences: [sent[0]], attempt: attempt)
        await #expect(throws: StoreError.leaseLost) {
            try await first.settle(Settlement(provider: "lago", delivered: [confirmed]), under: old)
        }
        try await waitUntil("the testimony is heard") {
            try await second.events(withID: "a", of: "shop").first?.deliveries.first?.status == .delivered
        }
        let told = try #require(try await second.events(withID: "a", of: "shop").first?.deliveries.first)
        #expect(told.history.map(\.status) == [.delivered])
        #expect(told.fault == nil)
        let other = try #require(try await second.events(withID: "b", of: "shop").first?.deliveries.first)
        #expect(other.status == .uncertain, "nobody has said anything of it")
        await first.close()
        await second.close()
    }

    @Test func `changes nothing that a person has decided since`() async throws {
        let (first, second, sent) = try await sendAndLose(TestJournal { $0.lease = .seconds(60) })
        let filter = DeliveryFilter(tenant: "shop", statuses: [.uncertain])
        let decision = DeliveryRevision(
            action: .discard,
            filter: filter,
            by: "operator",
            at: Timestamp(milliseconds: 1)
        )
        #expect(try await second.revise(decision).changed == 2)
        let testimony = try #require(
            LateTestimony(
                [.settle(Settlement(provider: "lago", delivered: [DeliveredRun(sequences: sent, attempt: attempt)]))],
                intended: Set(sent.map(\.rawValue)),
                account: try await second.parts.names.number(of: "lago"),
                lane: nil
            )
        )
        #expect(try await second.ledger.connection.run(.testify, testimony.parameters).isEmpty)
        await first.close()
        await second.close()
    }

    @Test func `is only about what was delivered and found in flight`() {
        let writes: [AccountWrite] = [
            .settle(
                Settlement(
                    provider: "lago",
                    delivered: [DeliveredRun(sequences: [1, 2], attempt: attempt)],
                    exceptions: [
                        SettledDelivery(sequence: 3, status: .delivered, newAttempts: [attempt]),
                        SettledDelivery(sequence: 4, status: .rejected, newAttempts: [attempt]),
                    ]
                )
            ),
            .intend([5]),
        ]
        let testimony = LateTestimony(writes, intended: [2, 3, 4, 5], account: 1, lane: nil)
        #expect(testimony?.confirmed == [2: attempt, 3: attempt])
        #expect(LateTestimony(writes, intended: [4], account: 1, lane: nil) == nil)
    }
}
