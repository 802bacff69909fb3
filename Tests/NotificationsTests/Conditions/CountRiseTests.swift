import Events
import Randomness
import Testing

@testable import Notifications

/// By how much a counter has risen since its incident began.
@Suite struct CountRiseTests {
    private let start = ContinuousClock.now
    private let quiet = Duration.seconds(900)

    private func totals(_ counts: [(second: Int, count: Int)]) -> [Int] {
        var rise = CountRise()
        return counts.map { second, count in
            rise.observe(count, quiet: quiet, at: start + .seconds(second))
            return rise.total
        }
    }

    @Test func `adds up what comes, and ends when it has been still for so long`() {
        #expect(totals([(0, 3), (60, 5), (120, 5), (959, 5), (960, 5), (961, 6)]) == [3, 5, 5, 5, 0, 1])
    }

    /// A restart of the gateway begins to count at 0; what it counts then is new.
    @Test func `a counter that begins again has risen by what it shows`() {
        #expect(totals([(0, 7), (10, 2), (20, 2), (30, 0), (40, 1)]) == [7, 9, 9, 9, 10])
    }

    @Test(arguments: [
        [Int.max, Int.max], [Int.max, 0, Int.max, 0, 1], [Int.min, Int.max, Int.min, Int.max], [-5, -7, 0],
    ])
    func `no count ends the process`(counts: [Int]) {
        let totals = totals(counts.enumerated().map { (second: $0.offset, count: $0.element) })
        #expect(totals.allSatisfy { $0 >= 0 } && totals == totals.sorted())
    }

    @Test func `agrees with a model that adds up the rises`() {
        var random = SplitMix(seed: 5)
        for _ in 0..<200 {
            var (rise, expected, second, latest, last) = (CountRise(), 0, 0, 0, -1_000_000)
            for _ in 0..<40 {
                second += Int.random(in: 1...700, using: &random)
                let count =
                    Int.random(in: 0...4, using: &random) == 0 ? 0 : latest + Int.random(in: 0...2, using: &random)
                rise.observe(count, quiet: quiet, at: start + .seconds(second))
                let added = count < latest ? count : count - latest
                if added > 0 {
                    (expected, last) = (expected + added, second)
                } else if second - last >= 900 {
                    expected = 0
                }
                latest = count
                #expect(rise.total == expected)
            }
        }
    }
}

/// How fast a provider takes events.
@Suite struct DeliveryPaceTests {
    private let start = ContinuousClock.now

    @Test func `a pace is known once something was delivered over some time`() {
        var pace = DeliveryPace()
        #expect(pace.time(for: 10, 5, at: start) == nil)
        pace.observe(0, at: start)
        #expect(pace.time(for: 10, 5, at: start) == nil, "no time has passed")
        #expect(pace.time(for: 10, 0, at: start + .seconds(60)) == nil, "nothing was delivered")
        #expect(pace.time(for: 10, 30, at: start + .seconds(60)) == .seconds(20))
    }

    /// The last ten minutes count, at most one mark in 30 s.
    @Test func `forgets what is long ago`() {
        var pace = DeliveryPace()
        // A thousand a second for a minute, then one a second.
        for second in stride(from: 0, through: 60, by: 10) { pace.observe(second * 1000, at: start + .seconds(second)) }
        for second in stride(from: 90, through: 690, by: 30) {
            pace.observe(60_000 + second, at: start + .seconds(second))
        }
        let time = pace.time(for: 600, 60_690, at: start + .seconds(690))
        #expect(time == .seconds(600))
    }

    @Test func `a counter that begins again begins the pace again`() {
        var pace = DeliveryPace()
        pace.observe(1000, at: start)
        pace.observe(10, at: start + .seconds(30))
        #expect(pace.time(for: 10, 10, at: start + .seconds(40)) == nil)
        #expect(pace.time(for: 10, 20, at: start + .seconds(40)) == .seconds(10))
    }

    @Test func `a century is as good as never`() {
        var pace = DeliveryPace()
        pace.observe(0, at: start)
        #expect(pace.time(for: .max, 1, at: start + .seconds(1)) == .seconds(3_153_600_000))
    }
}

@Suite struct DurationPhraseTests {
    @Test(
        arguments: [
            (-5, "0 s"), (0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"),
            (172_799, "47 h"),
            (172_800, "2 days"), (Int64.max, "106751991167300 days"),
        ] as [(Int64, String)]
    )
    func `a duration is told in its largest unit, rounded down`(seconds: Int64, text: String) {
        #expect(DurationPhrase.text(.seconds(seconds)) == text)
    }
}
