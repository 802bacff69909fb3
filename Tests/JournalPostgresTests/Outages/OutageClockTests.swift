import Journal
import Testing

@testable import JournalPostgres

@Suite struct OutageClockTests {
    private let start = ContinuousClock.now
    private var clock: OutageClock { OutageClock(patience: .seconds(5), at: start) }

    @Test func `an outage begins with the last answer, and calls fail at once after its first seconds`() {
        var clock = clock
        clock.answered(at: start + .seconds(10))
        clock.failed("refused")
        #expect(clock.outage(at: start + .seconds(12))?.duration == .seconds(2))
        #expect(!clock.isOut(at: start + .seconds(14)) && !clock.isSilent(at: start + .seconds(14)))
        clock.failed("refused again")
        #expect(clock.isOut(at: start + .seconds(15)) && clock.isSilent(at: start + .seconds(15)))
        #expect(clock.outage(at: start + .seconds(15))?.reason == "refused again")
        clock.answered(at: start + .seconds(20))
        #expect(clock.outage(at: start + .seconds(20)) == nil && !clock.isOut(at: start + .seconds(20)))
    }

    @Test func `appends that do not end make writes fail, and not reads`() {
        var clock = clock
        clock.answered(at: start + .seconds(8))
        clock.appendFailed(since: start + .seconds(2), begun: start + .seconds(3), "no standby")
        #expect(clock.isOut(at: start + .seconds(8)) && !clock.isSilent(at: start + .seconds(8)))
        #expect(clock.isStalled)
        clock.answered(at: start + .seconds(9))
        #expect(clock.isOut(at: start + .seconds(9)), "an answer to a read says nothing about writes")
        clock.appended(at: start + .seconds(10))
        #expect(clock.outage(at: start + .seconds(10)) == nil && !clock.isStalled)
    }

    @Test func `an append that fails while others are stored is no outage`() {
        var clock = clock
        clock.appended(at: start + .seconds(3))
        clock.appendFailed(since: start + .seconds(1), begun: start + .seconds(2), "a slot is locked")
        #expect(clock.outage(at: start + .seconds(8)) == nil)
        clock.appendFailed(since: start + .seconds(1), begun: start + .seconds(4), "all are locked")
        #expect(clock.isOut(at: start + .seconds(9)))
    }

    @Test func `an append that has waited behind others that were stored does not show an outage of that time`() {
        var clock = clock
        clock.appended(at: start + .seconds(6))
        clock.appendFailed(
            since: start + .seconds(1),
            begun: start + .milliseconds(6500),
            "the parts of the identities have changed"
        )
        #expect(clock.isStalled && !clock.isOut(at: start + .seconds(7)))
        #expect(clock.outage(at: start + .seconds(7))?.duration == .seconds(1))
        clock.appendFailed(since: start + .seconds(3), begun: start + .seconds(7), "no standby")
        #expect(clock.isOut(at: start + .seconds(11)), "nothing was stored since")
    }

    @Test func `asks clients to wait as long as the last outages have lasted, within bounds`() {
        var clock = clock
        #expect(clock.retryAfter(at: start, jitter: 1.25) == .seconds(1))
        clock.failed("refused")
        #expect(clock.retryAfter(at: start + .seconds(8), jitter: 1.25) == .seconds(10))
        #expect(clock.retryAfter(at: start + .seconds(100), jitter: 1) == .seconds(30))
        clock.answered(at: start + .seconds(12))
        clock.failed("refused")
        #expect(clock.retryAfter(at: start + .seconds(13), jitter: 1) == .seconds(12))
    }
}
