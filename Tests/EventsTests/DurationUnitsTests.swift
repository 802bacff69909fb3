import Events
import Testing

@Suite struct DurationUnitsTests {
    @Test func `cuts towards zero`() {
        let duration = Duration.seconds(3) + .nanoseconds(1_999_999)
        #expect(duration.wholeMilliseconds == 3001)
        #expect(duration.wholeMicroseconds == 3_001_999)
        #expect((.zero - duration).wholeMilliseconds == -3001)
        #expect(Duration.milliseconds(1500).seconds == 1.5)
    }

    @Test(arguments: [Int64.max, .min])
    func `ends where an Int64 does`(seconds: Int64) {
        let duration = Duration(secondsComponent: seconds, attosecondsComponent: 0)
        let end: Int64 = seconds > 0 ? .max : .min
        #expect(duration.wholeMilliseconds == end)
        #expect(duration.wholeMicroseconds == end)
    }
}
