import Events
import Randomness
import Testing

@testable import ParityRuns

/// Where a vendor's list is searched for the events of one amount.
@Suite struct SearchedTimesTests {
    private static let start = Timestamp(milliseconds: 1_767_225_600_000)
    private static let period = ReadWindow(from: start, until: start + .seconds(86_400))

    private static func window(_ from: Int64, _ until: Int64) -> ReadWindow {
        ReadWindow(from: start + .seconds(from), until: start + .seconds(until))
    }

    @Test func `leave out what lies between the period and an event of long ago`() {
        var times = SearchedTimes(Self.period)
        #expect(times.windows == [Self.period])
        times.add(Self.start + .seconds(7))
        #expect(times.windows == [Self.period], "what occurred in the period")
        times.add(Self.start + .milliseconds(-500_000_500))
        #expect(times.windows == [Self.window(-500_001, -500_000), Self.period])
        times.add(Self.start + .seconds(-500_060))
        #expect(times.windows == [Self.window(-500_060, -500_000), Self.period])
        times.add(Self.start + .seconds(-30))
        #expect(times.windows == [Self.window(-500_060, -500_000), Self.window(-30, 86_400)])
        times.add(Self.start + .seconds(900_000))
        #expect(times.windows.last == Self.window(900_000, 900_001) && times.windows.count == 3)
    }

    @Test(arguments: [1, 2, 3])
    func `have every event that was added, in few spans that do not meet`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var times = SearchedTimes(Self.period)
        var added: [Timestamp] = []
        for _ in 0..<500 {
            let day = Duration.milliseconds(Int64.random(in: -40_000_000_000...40_000_000_000, using: &random))
            let time = Self.start + (Bool.random(using: &random) ? day : day / 1000)
            times.add(time)
            added.append(time)
            #expect(times.windows.count <= SearchedTimes.most)
        }
        #expect(
            added.allSatisfy(times.contains) && times.contains(Self.start)
                && !times.contains(Self.period.until + .seconds(900_000_000))
        )
        for (first, second) in zip(times.windows, times.windows.dropFirst()) { #expect(first.until < second.from) }
        #expect(times.windows.contains { $0.from <= Self.period.from && Self.period.until <= $0.until })
    }

    @Test func `make those one that are nearest to each other where there are too many`() {
        var times = SearchedTimes(Self.period)
        let days = Array(1..<Int64(SearchedTimes.most)).map { -$0 * 864_000 }
        for day in days { times.add(Self.start + .seconds(day)) }
        #expect(times.windows.count == SearchedTimes.most)
        let oldest = days[days.count - 1]
        times.add(Self.start + .seconds(oldest - 7200))
        #expect(times.windows.count == SearchedTimes.most)
        #expect(times.windows.first == Self.window(oldest - 7200, oldest + 1))
    }
}
