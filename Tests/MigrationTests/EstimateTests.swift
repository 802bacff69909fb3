import Events
import Randomness
import Routing
import Testing

@testable import Migration

/// How long backfills and comparisons take, at the limits of counts and rates.
@Suite struct EstimateTests {
    private static func count(_ requests: Int) -> RequestCount {
        var count = RequestCount(batch: BatchLimit(events: 1, bytes: 1 << 20))
        for _ in 0..<requests { count.add(bytes: 10) }
        return count
    }

    /// Requests, and how long they take at half of a limit.
    @Test(
        arguments: [
            (0, 1, Duration.seconds(1), Duration.zero), (1, 1, .seconds(1), .seconds(2)),
            (100, 100, .seconds(1), .seconds(2)), (100, 500, .seconds(60), .seconds(24)),
            (3, 1_000_000_000, .milliseconds(1), .zero), (1, 1, .seconds(86_400 * 365), .seconds(2 * 86_400 * 365)),
        ]
    )
    func `of a backfill are at half of the vendor's rate`(
        requests: Int,
        limit: Int,
        per: Duration,
        duration: Duration
    ) {
        let estimate = BackfillEstimate(Self.count(requests), limit: RateLimit(requests: limit, per: per))
        #expect(estimate.events == requests && estimate.requests == requests && estimate.duration == duration)
        #expect(BackfillEstimate(Self.count(requests), limit: nil).duration == nil)
    }

    /// A limit that nobody waits for stays a number.
    @Test func `of a backfill end`() throws {
        let slow = RateLimit(requests: 1, per: .seconds(Int64.max))
        let estimate = BackfillEstimate(Self.count(5), limit: slow)
        #expect(try #require(estimate.duration) == .seconds(1_000_000_000_000))
    }

    private static func lago() throws -> ProviderConfiguration {
        let routes = try PreviewSample.routes(#"[{"name": "r", "to": [\#(PreviewSample.toLago)]}]"#)
        return try #require(routes.providers.first { $0.name == "lago" })
    }

    /// Lago: 60 requests a minute, of which 30% are for reads, and pages of a hundred.
    @Test(
        arguments: [
            (1, 1, Duration.milliseconds(3333)), (100, 1, .milliseconds(3333)), (101, 2, .milliseconds(6666)),
            (9900, 99, .seconds(330)),
        ]
    )
    func `of a comparison are at the provider's share for reads`(events: Int, calls: Int, duration: Duration) throws {
        let estimate = try #require(ComparisonEstimate(of: events, at: try Self.lago()))
        #expect(estimate.full == calls && estimate.fullDuration == duration && estimate.share == 30)
        #expect(estimate.digest <= estimate.full)
    }

    @Test(arguments: [0, -1, Int.min])
    func `of a comparison of nothing are none`(events: Int) throws {
        #expect(ComparisonEstimate(of: events, at: try Self.lago()) == nil)
    }

    // MARK: Requests

    /// Against requests that are filled one after another.
    @Test(arguments: 1...40)
    func `of requests fill each before the next`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let (most, bytes) = (Int.random(in: 1...5, using: &random), Int.random(in: 260...600, using: &random))
        var count = RequestCount(batch: BatchLimit(events: most, bytes: bytes))
        var requests: [[Int]] = []
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            let size = Int.random(in: 0...120, using: &random)
            count.add(bytes: size)
            // Events, a comma between two, and what surrounds them.
            let carried = requests.last.map { $0.reduce(0, +) + $0.count } ?? 0
            if let last = requests.last, last.count < most, carried + size + 256 <= bytes {
                requests[requests.count - 1].append(size)
            } else {
                requests.append([size])
            }
        }
        #expect(count.requests == requests.count, "seed \(seed)")
    }

    @Test func `of events without bytes are still limited by their number`() {
        var count = RequestCount(batch: BatchLimit(events: 3, bytes: 1 << 20))
        for _ in 0..<7 { count.add(bytes: 0) }
        #expect(count.requests == 3 && count.events == 7)
    }
}
