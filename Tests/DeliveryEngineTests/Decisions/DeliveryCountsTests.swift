import Events
import Journal
import Testing

@testable import DeliveryEngine

@Suite struct DeliveryCountsTests {
    private let at = Timestamp(milliseconds: 1_700_000_000_000)

    private func settled(_ status: DeliveryStatus, attempts: Int, deduplicated: Bool, reachedAt: Timestamp?)
        -> SettledDelivery
    {
        let facts = AttemptFacts(at: at, latency: .milliseconds(1), httpStatus: 200)
        let attempt = facts.attempt(status: status, deduplicated: deduplicated)
        return SettledDelivery(
            sequence: SequenceNumber(1),
            status: status,
            newAttempts: [Attempt](repeating: attempt, count: attempts),
            reachedAt: reachedAt
        )
    }

    @Test func `counts what the vendor had at the first request, and no repeat of our own`() {
        let earlier = at + .seconds(-60)
        let table: [(SettledDelivery, alreadyThere: Int)] = [
            (settled(.delivered, attempts: 1, deduplicated: true, reachedAt: at), 1),
            (settled(.delivered, attempts: 1, deduplicated: false, reachedAt: at), 0),
            (settled(.delivered, attempts: 1, deduplicated: true, reachedAt: earlier), 0),
            (settled(.delivered, attempts: 2, deduplicated: true, reachedAt: at), 0),
            (settled(.rejected, attempts: 1, deduplicated: true, reachedAt: at), 0),
            (settled(.delivered, attempts: 0, deduplicated: false, reachedAt: nil), 0),
        ]
        for (delivery, expected) in table {
            var counts = PipelineMachine.Counts()
            counts.add(Settlement(provider: "p", delivered: [], exceptions: [delivery]))
            #expect(counts.alreadyThere == expected, "\(delivery)")
            #expect(counts.delivered == (delivery.status == .delivered ? 1 : 0))
        }
    }
}
