import Randomness
import Testing

@testable import DeliveryEngine

/// Requests of backfills leave the gateway to its clients.
@Suite struct BackfillPaceTests {
    private let start = ContinuousClock.now

    @Test(arguments: [(1, 1), (2, 1), (4, 2), (100, 50), (1000, 500), (5000, 500), (Int.max, 500)])
    func `rests by the size of a batch while clients send`(events: Int, milliseconds: Int) {
        var pace = BackfillPace(batchesOf: events)
        #expect(pace.wait(besideClients: true, at: start) == .zero, "nothing has left yet")
        pace.pass(at: start)
        for elapsed in 0...(milliseconds + 5) {
            let now = start + .milliseconds(elapsed)
            let rest = max(.zero, Duration.milliseconds(milliseconds - elapsed))
            #expect(pace.wait(besideClients: true, at: now) == rest)
            #expect(pace.wait(besideClients: false, at: now) == .zero)
        }
    }

    /// Whenever one may leave, one does.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `never gives backfills more than their events a second, and gives them those`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let events = Int.random(in: 10...1000, using: &random)
        var pace = BackfillPace(batchesOf: events)
        var (elapsed, sent) = (Duration.zero, 0)
        while elapsed < .seconds(20) {
            if pace.wait(besideClients: true, at: start + elapsed) == .zero {
                pace.pass(at: start + elapsed)
                sent += events
            }
            elapsed += .microseconds(.random(in: 1...300, using: &random))
        }
        let most = Int(elapsed / BackfillPace.perEvent)
        #expect(sent <= most + events)
        #expect(sent >= most * 7 / 10)
    }
}
