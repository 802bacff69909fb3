import Events
import Parity
import Randomness
import Testing

/// How many calls a comparison takes, at the limits of counts, pages and samples.
@Suite struct CallForecastLimitsTests {
    /// Events of one window, page size, and the calls of a full list and of the counts before it.
    private static let windows: [(events: Int, pageSize: Int, pages: Int, counts: Int)] = [
        (0, 100, 1, 1), (1, 100, 1, 1), (100, 100, 1, 1), (101, 100, 2, 1), (3300, 100, 33, 1), (3301, 100, 34, 2),
        (9900, 100, 99, 3), (5, 1, 5, 1), (34, 1, 34, 2),
    ]

    @Test(arguments: windows)
    func `lists pages, and counts thirty-three of them at once`(
        window: (events: Int, pageSize: Int, pages: Int, counts: Int)
    ) {
        func forecast(_ level: ParityLevel) -> CallForecast {
            CallForecast.forecast(events: [window.events], level: level, pageSize: window.pageSize, sample: 0)
        }
        #expect(forecast(.full) == CallForecast(least: window.pages, most: 3 * window.pages))
        let digest = forecast(.digest)
        #expect(digest == CallForecast(least: window.counts, most: 3 * window.pages + window.counts))
        for level in [ParityLevel.ledger, .usage, .resend] {
            #expect(forecast(level) == CallForecast(least: 0, most: 0))
        }
        let pays = CallForecast.countingPays(events: window.events, pageSize: window.pageSize)
        #expect(pays == (window.counts < window.pages))
    }

    @Test func `takes no call where there is no window`() {
        for level in ParityLevel.allCases {
            let none = CallForecast.forecast(events: [], level: level, pageSize: 100, sample: 3000)
            #expect(none == CallForecast(least: 0, most: 0))
        }
    }

    @Test(arguments: 1...40)
    func `never says more for a digest of equal sets than for a full list`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let events = (0..<Int.random(in: 0...20, using: &random)).map { _ in Int.random(in: 0...20_000, using: &random)
        }
        let (pageSize, sample) = (
            Int.random(in: 1...1000, using: &random), Int.random(in: 0...5000, using: &random)
        )
        for ids in [nil, 1, 100] {
            func forecast(_ level: ParityLevel) -> CallForecast {
                CallForecast.forecast(
                    events: events,
                    level: level,
                    pageSize: pageSize,
                    sample: sample,
                    idsPerRequest: ids
                )
            }
            let (digest, full) = (forecast(.digest), forecast(.full))
            #expect(digest.least <= full.least && digest.most >= full.most, "seed \(seed)")
            #expect(digest.least <= digest.most && full.least <= full.most, "seed \(seed)")
        }
    }

    /// 1M events: a vendor with pages of 100, and one without pages whose windows are listed with some room.
    @Test func `of so many events follows from how the vendor lists them`() {
        let paged = ReadTraits(lag: .seconds(1), lists: ListTraits(pageSize: 100))
        let unpaged = ReadTraits(lag: .seconds(1), lists: ListTraits(pageSize: 1000, isPaged: false))
        // In 102 windows of 9803 events.
        let full = CallForecast.comparing(1_000_000, level: .full, paged)
        #expect(full == CallForecast(least: 102 * 99, most: 3 * 102 * 99))
        let digest = CallForecast.comparing(1_000_000, level: .digest, paged)
        #expect(digest.least == 102 * 3 + 30 && digest.most == 3 * 102 * 99 + 102 * 3)
        // Without counts, everything is listed: 900 rows a page leave room for a few more.
        let listed = CallForecast.comparing(1_000_000, level: .digest, unpaged)
        #expect(listed == CallForecast(least: 102 * 11, most: 3 * 102 * 11))
        #expect(CallForecast.comparing(0, level: .full, paged) == CallForecast(least: 1, most: 3))
        #expect(CallForecast.comparing(1_000_000, level: .ledger, paged) == CallForecast(least: 0, most: 0))
    }

    // MARK: Resending

    /// Events by window, a batch, the most names, and the calls at least and at most.
    @Test(
        arguments: [
            ([], 10, 3, 0, 0), ([0], 10, 3, 0, 0), ([1], 10, 1, 1, 1), ([10], 10, 1, 1, 1), ([11], 10, 1, 2, 2),
            // Each further name begins another batch.
            ([11], 10, 3, 2, 4), ([3], 10, 50, 1, 3), ([100, 5], 10, 2, 11, 13), ([7], 1, 4, 7, 7), ([7], 10, 0, 1, 1),
        ] as [([Int], Int, Int, Int, Int)]
    )
    func `sends batches of one name each`(events: [Int], batch: Int, names: Int, least: Int, most: Int) {
        let forecast = CallForecast.resending(events: events, batch: batch, names: names)
        #expect(forecast == CallForecast(least: least, most: most))
    }

    @Test func `adds calls to both ends`() {
        let sum = CallForecast(least: 1, most: 5).adding(CallForecast(least: 2, most: 2))
        #expect(sum == CallForecast(least: 3, most: 7))
    }
}
