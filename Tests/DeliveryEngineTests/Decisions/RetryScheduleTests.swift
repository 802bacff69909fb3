import Events
import Randomness
import Routing
import Testing

@testable import DeliveryEngine

@Suite struct RetryScheduleTests {
    let now = Timestamp(milliseconds: 1_700_000_000_000)
    let schedule = RetrySchedule(base: .seconds(1), cap: .seconds(600))

    @Test(arguments: [(1, 1_000), (2, 2_000), (3, 4_000), (10, 512_000), (11, 600_000), (1_000_000, 600_000)])
    func `draws each wait between nothing and a ceiling that doubles up to the cap`(attempts: Int, ceiling: Int64) {
        var random = SplitMix(seed: 7)
        var longest: Int64 = 0
        for _ in 0..<2_000 {
            let next = schedule.next(after: attempts, at: now, notBefore: nil, using: &random)
            let wait = next.milliseconds - now.milliseconds
            #expect(wait >= 1 && wait <= ceiling)
            longest = max(longest, wait)
        }
        #expect(longest > ceiling * 9 / 10)
    }

    @Test func `obeys the time that the vendor named, and spreads the returns a little`() {
        var random = SplitMix(seed: 7)
        let named = now + .seconds(3600)
        for _ in 0..<100 {
            let next = schedule.next(after: 1, at: now, notBefore: named, using: &random)
            #expect(next >= named && next <= named + .seconds(1))
        }
    }

    @Test func `gives up at the age that is set`() {
        let schedule = RetrySchedule(giveUpAfter: .seconds(60))
        #expect(!schedule.hasGivenUp(since: now, at: now + .milliseconds(59_999)))
        #expect(schedule.hasGivenUp(since: now, at: now + .seconds(60)))
    }
}
