import Events
import Journal
import TestSupport
import Testing

@Suite struct RetentionClockTests {
    static let start = Timestamp(milliseconds: 1_750_000_000_000)
    static let day = Duration.seconds(86_400)
    static let keep = day * 35

    @Test func `removes what is older than it keeps, as time passes`() {
        let clock = RetentionClock(start: Self.start, keeping: Self.keep)
        for days in [0, 1, 40, 400] {
            let reading = clock.read(Self.start + Self.day * days, passed: Self.day * days)
            let now = Self.start + Self.day * days
            #expect(reading == RetentionClock.Reading(before: now + Self.day * -35, time: now, ahead: nil))
        }
    }

    @Test func `does not believe a clock that jumps ahead while it runs`() {
        let clock = RetentionClock(start: Self.start, keeping: Self.keep)
        let reading = clock.read(Self.start + Self.day * 37, passed: Self.day)
        #expect(reading.before == Self.start + Self.day * -34 + .seconds(3600))
        #expect(reading.time == Self.start + Self.day + .seconds(3600))
        #expect(reading.ahead == Self.day * 36 - .seconds(3600))
    }

    @Test func `removes less while the clock is behind`() {
        let clock = RetentionClock(start: Self.start, keeping: Self.keep)
        let reading = clock.read(Self.start + Self.day * -1, passed: Self.day)
        let now = Self.start + Self.day * -1
        #expect(reading == RetentionClock.Reading(before: Self.start + Self.day * -36, time: now, ahead: nil))
    }

    @Test(arguments: [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max])
    func `takes whatever a clock says`(milliseconds: Int64) {
        let now = Timestamp(milliseconds: milliseconds)
        for start in [now, Self.start] {
            for passed in [Duration.zero, .seconds(Int64.max), .seconds(Int64.min)] {
                let reading = RetentionClock(start: start, keeping: .seconds(Int64.max)).read(now, passed: passed)
                #expect(reading.before <= now)
            }
        }
        for newest in [now, Self.start, Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] {
            _ = RetentionClock.jump(from: newest, to: now, keeping: .seconds(Int64.max))
            _ = RetentionClock.lastUse(noted: now, newest: newest, keeping: .seconds(Int64.max))
        }
    }

    @Test func `knows when a journal was in use by what was noted, where an event's time cannot be believed`() {
        let uses: [(noted: Timestamp?, newest: Timestamp?, expected: Timestamp?)] = [
            (nil, nil, nil), (nil, Self.start, Self.start), (Self.start, nil, Self.start),
            // Accepted since the time was noted, or long before.
            (Self.start, Self.start + Self.day, Self.start + Self.day),
            (Self.start, Self.start + Self.day * -40, Self.start),
            // Accepted with the clock ahead.
            (Self.start, Self.start + Self.day * 18, Self.start), (Self.start, Self.start + Self.day * 40, Self.start),
        ]
        for (noted, newest, expected) in uses {
            #expect(RetentionClock.lastUse(noted: noted, newest: newest, keeping: Self.keep) == expected)
        }
    }

    @Test func `refuses a start at which half of the window would go`() {
        let jumps: [(newest: Timestamp?, expected: Duration?)] = [
            (nil, nil), (Self.start, nil), (Self.start + Self.day, nil), (Self.start + Self.day * -17, nil),
            (Self.start + Self.day * -18, Self.day * 18), (Self.start + Self.day * -36, Self.day * 36),
        ]
        for (newest, expected) in jumps {
            #expect(RetentionClock.jump(from: newest, to: Self.start, keeping: Self.keep) == expected)
        }
    }
}
