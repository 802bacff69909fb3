import Events
import Journal
import Logging
import Testing

@testable import DeliveryEngine

/// A journal in which the deliveries to one provider are settled, and no others.
private struct HalfSettledJournal: SettlementReading {
    let provider: ProviderName

    func settled(among deliveries: [SequenceNumber: Set<ProviderName>]) async throws(StoreError)
        -> [SequenceNumber: Set<ProviderName>]
    {
        deliveries.filter { $0.value.contains(provider) }.mapValues { _ in [provider] }
    }
}

@Suite struct SettlementPollingTests {
    @Test func `finds what others settle, however many deliveries have no outcome`() async throws {
        let watch = SettlementWatch()
        let down = (1...5000).map { (SequenceNumber($0), Set([ProviderName("down")])) }
        let stuck = watch.ticket(for: Dictionary(uniqueKeysWithValues: down))
        // So many that not all of them are among the first by chance.
        let up = (5001...5040).map { (SequenceNumber($0), Set([ProviderName("up")])) }
        let ticket = watch.ticket(for: Dictionary(uniqueKeysWithValues: up))
        let polling = SettlementPolling(
            watch: watch,
            journal: HalfSettledJournal(provider: "up"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await polling.run() }
            #expect(await ticket.wait(atMost: .seconds(60)))
            group.cancelAll()
            try await group.waitForAll()
        }
        watch.end(ticket)
        watch.end(stuck)
    }

    @Test func `asks for each event in its turn, and for those that come meanwhile`() {
        var turns = SettlementTurns(limit: 3)
        func awaited(_ numbers: [Int64]) -> SettlementWatch.Awaited {
            numbers.reduce(into: [:]) { $0[SequenceNumber($1)] = ["lago"] }
        }
        func next(_ numbers: [Int64]) -> [Int64] { turns.next(of: awaited(numbers)).keys.map(\.rawValue).sorted() }
        #expect(next([1, 2]) == [1, 2])
        #expect(next([1, 2, 3, 4, 5]) == [1, 2, 3])
        #expect(next([1, 2, 3, 5, 6, 7, 8]) == [5, 6, 7])
        #expect(next([1, 2, 3, 5, 6, 7, 8]) == [8])
        #expect(next([1, 2, 3, 5]) == [1, 2, 3])
        // All that were left have an outcome.
        #expect(next([1, 2, 3]) == [1, 2, 3])
        #expect(next([]).isEmpty)
        #expect(next([4, 5, 6, 7]) == [4, 5, 6])
        #expect(next([1, 2, 3, 4]) == [1, 2, 3])
    }
}
