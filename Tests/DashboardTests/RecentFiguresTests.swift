import Events
import Randomness
import Testing

@testable import Dashboard

/// Figures in steps: what the newest minute says, what they add up to, and since when something waits.
@Suite struct RecentFiguresTests {
    private static let start = SamplePages.now

    private func figures(_ accepted: [Double?], step: Duration) -> RecentFigures {
        RecentFigures(start: Self.start, step: step, accepted: accepted, delivered: accepted.map { $0.map { $0 * 2 } })
    }

    /// How many of the newest steps are a minute: at least one, and no more than there are seconds in it.
    @Test(arguments: [
        (Duration.seconds(1), 60), (.seconds(7), 8), (.seconds(10), 6), (.seconds(30), 2), (.seconds(60), 1),
        (.seconds(61), 1), (.seconds(86_400), 1), (.milliseconds(1), 60), (.zero, 60), (.seconds(-5), 60),
    ])
    func `the newest minute is so many steps`(step: Duration, steps: Int) {
        let values = (1...100).map { Double($0) }
        let newest = values.suffix(steps)
        let figures = figures(values, step: step)
        #expect(figures.acceptedNow == newest.reduce(0, +) / Double(steps))
        #expect(figures.deliveredNow == newest.reduce(0, +) * 2 / Double(steps))
    }

    @Test func `what was not measured is no zero`() {
        #expect(figures([], step: .seconds(10)).acceptedNow == nil)
        #expect(figures([5, nil, nil], step: .seconds(30)).acceptedNow == nil)
        #expect(figures([5, nil, 3], step: .seconds(10)).acceptedNow == 4)
        #expect(figures([nil, 0], step: .seconds(10)).acceptedNow == 0)
    }

    @Test func `the newest latency of the last minute counts, an older one does not`() {
        var figures = figures([1, 1, 1], step: .seconds(30))
        (figures.p50, figures.p99) = ([9, 7, nil], [90, nil, nil])
        #expect(figures.p50Now == 7 && figures.p99Now == nil)
        (figures.p50, figures.p99) = ([], [1])
        #expect(figures.p50Now == nil && figures.p99Now == 1)
    }

    @Test func `requests are known where each kind of them is`() {
        var figures = figures([1], step: .seconds(60))
        #expect(figures.requestsNow == nil)
        (figures.liveRequests, figures.backfillRequests) = ([3], [0])
        #expect(figures.requestsNow == nil)
        figures.reads = [0.5]
        #expect(figures.requestsNow?.live == 3 && figures.requestsNow?.backfills == 0)
        #expect(figures.requestsNow?.reads == 0.5)
    }

    @Test(
        arguments: [
            ([], nil), ([nil, nil], nil), ([0], 0), ([nil, 2, 3], 5), ([.max, 1], .max), ([.max, .max, nil], .max),
        ] as [([Int?], Int?)]
    )
    func `adds up what was measured`(values: [Int?], sum: Int?) {
        #expect(RecentFigures.sum(values) == sum)
    }

    @Test func `the newest backlog that is known counts`() {
        var figures = figures([1, 1, 1], step: .seconds(60))
        #expect(figures.backlogNow == nil)
        figures.backlog = [4, 7, nil]
        #expect(figures.backlogNow == 7)
        figures.backlog = [nil, nil, nil]
        #expect(figures.backlogNow == nil)
    }

    /// Against a walk from the newest step that is known back to the first that is not above the limit.
    @Test(arguments: 1...40)
    func `finds since when something waits without a break`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<50 {
            let ages: [Int?] = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Int.random(in: 0..<6, using: &random) == 0 ? nil : Int.random(in: 200...400, using: &random)
            }
            var figures = figures(ages.map { _ in 1 }, step: .seconds(10))
            figures.oldestAge = ages.map { $0.map { .seconds($0) } }
            var model: (index: Int, isLeast: Bool)?
            if let newest = ages.lastIndex(where: { $0 != nil }) {
                for index in (0...newest).reversed() {
                    guard let age = ages[index] else {
                        model?.isLeast = true
                        break
                    }
                    guard age > 300 else { break }
                    model = (index, index == 0)
                }
            }
            let found = figures.waitsLonger(than: .seconds(300))
            #expect(found?.since == model.map { Self.start + .seconds(10 * Int64($0.index + 1)) }, "\(ages)")
            #expect(found?.isLeast == model?.isLeast, "\(ages)")
        }
    }

    /// A share of a limit; what cannot be told is no share.
    @Test(
        arguments: [
            (600, [21, 5, 0.25], "263% in the last minute: 210% live, 50% backfills, 3% reads"),
            (600, [0, 0, 0], "0% in the last minute: 0% live, 0% backfills, 0% reads"),
            (600, [0.05, 0.0499, 10], "101% in the last minute: under 1% live, under 1% backfills, 100% reads"),
            (600, [1e300, 0, 0], "1000000% in the last minute: 1000000% live, 0% backfills, 0% reads"),
            (600, [.nan, 0, 0], "0% in the last minute: 0% live, 0% backfills, 0% reads"),
            (600, [.infinity, 1, 1], "0% in the last minute: 0% live, 10% backfills, 10% reads"),
        ] as [(Int, [Double], String)]
    )
    func `shows how much of a rate limit is used`(requests: Int, rates: [Double], text: String) {
        var figures = figures([1], step: .seconds(60))
        (figures.liveRequests, figures.backfillRequests, figures.reads) = ([rates[0]], [rates[1]], [rates[2]])
        var facts = ProviderFacts(
            name: "p",
            adapter: "lago",
            pipeline: nil,
            backlog: nil,
            figures: figures,
            slot: 0
        )
        #expect(LimitUse(facts) == nil, "without a limit")
        facts.rateLimit = RateLimit(requests: requests, per: .seconds(60))
        #expect(LimitUse(facts)?.text == text)
    }
}
