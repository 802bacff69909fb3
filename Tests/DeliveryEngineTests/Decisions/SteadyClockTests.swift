import Events
import Testing

@testable import DeliveryEngine

@Suite struct SteadyClockTests {
    let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))

    /// Some time later, with the wall clock set by `step` since the start.
    private func later(_ seconds: Int, set step: Int) -> ClockReading {
        ClockReading(instant: start.instant + .seconds(seconds), wall: start.wall + .seconds(seconds + step))
    }

    @Test func `asks for retries to be brought forward by as much as the clock was set back`() {
        var clock = SteadyClock(at: start, since: start)
        #expect(clock.correction(at: later(100, set: 0), hasRetries: true) == nil)
        #expect(clock.correction(at: later(160, set: -3600), hasRetries: true) == .seconds(3600))
        #expect(clock.correction(at: later(161, set: -3600), hasRetries: true) == nil, "one at a time")
        clock.broughtForward(true, at: later(162, set: -3600))
        #expect(clock.correction(at: later(163, set: -3600), hasRetries: true) == nil)
        #expect(clock.correction(at: later(164, set: -3700), hasRetries: true) == .seconds(100))
    }

    @Test func `asks again a second after it failed`() {
        var clock = SteadyClock(at: start, since: start)
        #expect(clock.correction(at: later(1, set: -60), hasRetries: true) == .seconds(60))
        clock.broughtForward(false, at: later(2, set: -60))
        #expect(clock.correction(at: later(2, set: -60), hasRetries: true) == nil)
        #expect(clock.correction(at: later(3, set: -60), hasRetries: true) == .seconds(60))
    }

    @Test func `adds small steps up`() {
        var clock = SteadyClock(at: start, since: start)
        for step in 1...9 { #expect(clock.correction(at: later(step, set: -step), hasRetries: true) == nil) }
        #expect(clock.correction(at: later(10, set: -10), hasRetries: true) == .seconds(10))
    }

    @Test func `follows a clock that is set forward, and takes the way back for a step back`() {
        var clock = SteadyClock(at: start, since: start)
        #expect(clock.correction(at: later(1, set: 36 * 86_400), hasRetries: true) == nil)
        #expect(clock.correction(at: later(2, set: 0), hasRetries: true) == .seconds(36 * 86_400))
    }

    @Test(arguments: [(0, 0), (-3600, -3600), (3600, 3600), (3601, 3600), (40 * 86_400, 3600)])
    func `believes a clock that jumps ahead for an hour at most`(step: Int, believed: Int) {
        let clock = SteadyClock(at: start, since: start)
        #expect(clock.believed(at: later(100, set: step)) == start.wall + .seconds(100 + believed))
    }

    @Test func `believes no clock that has jumped ahead between the start of the process and its own`() {
        let clock = SteadyClock(at: later(5, set: 40 * 86_400), since: start)
        #expect(clock.believed(at: later(100, set: 40 * 86_400)) == start.wall + .seconds(100 + 3600))
    }

    @Test func `changes nothing while no retry waits`() {
        var clock = SteadyClock(at: start, since: start)
        #expect(clock.correction(at: later(1, set: -3600), hasRetries: false) == nil)
        #expect(clock.correction(at: later(2, set: -3600), hasRetries: true) == nil)
    }
}
