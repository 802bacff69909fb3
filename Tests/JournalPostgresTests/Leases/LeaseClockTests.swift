import Events
import Randomness
import Testing

@testable import JournalPostgres

@Suite struct LeaseClockTests {
    private let start = ContinuousClock.now
    private let settings = LeaseSettings(lease: .seconds(10))

    @Test func `is safe for the lease without its margin, from before the heartbeat was sent`() {
        var clock = LeaseClock(settings)
        #expect(!clock.isSafe(at: start), "before the first heartbeat")
        clock.confirmed(sent: start)
        #expect(clock.isSafe(at: start + .milliseconds(7999)))
        #expect(!clock.isSafe(at: start + .seconds(8)))
    }

    @Test func `is not set back by an answer that comes late`() {
        var clock = LeaseClock(settings)
        clock.confirmed(sent: start + .seconds(4))
        clock.confirmed(sent: start)
        #expect(clock.isSafe(at: start + .seconds(11)))
    }

    @Test func `is over at once when the node was buried`() {
        var clock = LeaseClock(settings)
        clock.confirmed(sent: start)
        clock.buried()
        #expect(!clock.isSafe(at: start))
        clock.confirmed(sent: start + .seconds(1))
        #expect(clock.isSafe(at: start + .seconds(2)), "under its next number")
    }

    @Test(arguments: [(0, 2), (1, 2), (2, 2), (10, 10), (60, 60), (3600, 60)])
    func `keeps leases within their limits`(asked: Int, kept: Int) {
        #expect(LeaseSettings(lease: .seconds(asked)).lease == .seconds(kept))
    }

    /// The database counts from when it carries a heartbeat out, at some time between its sending and its answer; the clocks of both go
    /// at the same rate.
    @Test(arguments: 1...20)
    func `is never safe when others may have buried the node`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var clock = LeaseClock(settings)
        var now = start
        var expires = start
        for _ in 0..<500 {
            let sent = now
            now += .milliseconds(Int.random(in: 0...3000, using: &random))
            let isCarriedOut = Int.random(in: 0..<4, using: &random) > 0
            if isCarriedOut {
                let executed = sent + .milliseconds(Int.random(in: 0...3000, using: &random))
                expires = max(expires, executed + settings.lease)
                now = max(now, executed)
                // The answer may be lost.
                if Bool.random(using: &random) { clock.confirmed(sent: sent) }
            }
            now += .milliseconds(Int.random(in: 0...4000, using: &random))
            if clock.isSafe(at: now) { #expect(now + settings.margin <= expires) }
        }
    }
}
