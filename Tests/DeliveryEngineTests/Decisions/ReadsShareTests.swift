import Events
import Routing
import Testing

@testable import DeliveryEngine

/// Clients' reads and passed calls take a share of the rate limit, behind deliveries.
@Suite struct ReadsShareTests {
    private let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 0))

    private func gates(_ limit: RateLimit?, share: Double) -> ProviderGates {
        var settings = PipelineSettings(
            provider: "p",
            batch: BatchLimit(events: 1, bytes: 1),
            deduplication: .none,
            rateLimit: limit
        )
        settings.readsShare = share
        return ProviderGates(settings: settings, hold: nil, at: start)
    }

    /// How many reads leave within so many seconds of those that always want to.
    private func reads(_ gates: inout ProviderGates, seconds: Int, besides deliveriesWait: Bool = false) -> Int {
        var count = 0
        for tick in 0..<(seconds * 100) {
            let now = start.instant + .milliseconds(tick * 10)
            guard gates.earliestRead(besides: deliveriesWait, at: now) == now else { continue }
            gates.passRead(at: now)
            count += 1
        }
        return count
    }

    @Test(arguments: [(100.0, 60), (50.0, 30), (10.0, 6), (1.0, 1)])
    func `take no more than their share`(share: Double, most: Int) {
        var gates = gates(RateLimit(requests: 60, per: .seconds(60)), share: share)
        let count = reads(&gates, seconds: 60)
        #expect(count <= most + 1 && count >= max(1, most / 2), "\(count)")
    }

    @Test func `wait while deliveries need the tokens`() {
        var gates = gates(RateLimit(requests: 600, per: .seconds(60)), share: 50)
        while gates.earliestSend(at: start.instant) == start.instant { _ = gates.pass(at: start.instant) }
        #expect(gates.earliestRead(besides: true, at: start.instant) == nil)
    }

    /// Their own burst is a part of the whole one.
    @Test func `leave a delivery that comes its token`() {
        var gates = gates(RateLimit(requests: 600, per: .seconds(60)), share: 50)
        while gates.earliestRead(besides: false, at: start.instant) == start.instant {
            gates.passRead(at: start.instant)
        }
        #expect(gates.earliestSend(at: start.instant) == start.instant)
    }

    @Test func `are free without a limit`() {
        var gates = gates(nil, share: 1)
        #expect(reads(&gates, seconds: 1) == 100)
    }
}
