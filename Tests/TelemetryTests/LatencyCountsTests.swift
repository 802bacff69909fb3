import Telemetry
import Testing

@Suite struct LatencyCountsTests {
    @Test(arguments: [
        Duration.microseconds(2), .microseconds(90), .milliseconds(1), .milliseconds(17), .milliseconds(250),
        .seconds(1), .seconds(9), .seconds(100),
    ])
    func `tells a latency to a quarter of its value`(latency: Duration) {
        let counts = LatencyCounts()
        for _ in 0..<9 { counts.record(latency) }
        for percent in [1, 50, 99, 100] {
            let found = counts.snapshot.percentile(percent) ?? .zero
            let ratio = found / latency
            #expect(
                (0.75...1.26).contains(ratio)
                    || abs(ratio * (latency / .microseconds(1)) - latency / .microseconds(1)) < 1.2
            )
        }
    }

    @Test func `orders what it counts`() {
        let counts = LatencyCounts()
        for _ in 0..<98 { counts.record(.milliseconds(1)) }
        counts.record(.seconds(2))
        counts.record(.seconds(2))
        let snapshot = counts.snapshot
        let (half, most) = (snapshot.percentile(50) ?? .zero, snapshot.percentile(99) ?? .zero)
        #expect(half < .milliseconds(2))
        #expect(most > .seconds(1))
        #expect(snapshot.total == 100)
        #expect(counts.total == 100)
    }

    @Test func `counts only what came after an earlier snapshot`() {
        let counts = LatencyCounts()
        counts.record(.seconds(5))
        let earlier = counts.snapshot
        #expect(earlier.percentile(50, since: earlier) == nil)
        counts.record(.milliseconds(5))
        let found = counts.snapshot.percentile(50, since: earlier) ?? .zero
        #expect(found < .milliseconds(7))
    }

    @Test(arguments: [Duration.zero, .seconds(-5), .seconds(Int64.min), .seconds(Int64.max), .nanoseconds(1)])
    func `counts any duration`(latency: Duration) {
        let counts = LatencyCounts()
        counts.record(latency)
        #expect(counts.total == 1)
        #expect(counts.snapshot.percentile(50) != nil)
        #expect(counts.snapshot.percentile(.min) != nil)
        #expect(counts.snapshot.percentile(.max) != nil)
    }

    @Test func `has no percentile of nothing`() {
        #expect(LatencyCounts().snapshot.percentile(50) == nil)
    }

    @Test func `is made again of the numbers in its buckets, and added up`() {
        let counts = LatencyCounts()
        for latency in [Duration.zero, .microseconds(90), .milliseconds(5), .milliseconds(5), .seconds(400)] {
            counts.record(latency)
        }
        let snapshot = counts.snapshot
        #expect(LatencyCounts.Snapshot(snapshot.numbers()) == snapshot)
        #expect(snapshot.numbers(since: snapshot).isEmpty)
        var sum = LatencyCounts.Snapshot()
        sum.add(snapshot)
        sum.add(LatencyCounts.Snapshot())
        sum.add(snapshot)
        #expect(sum.total == 10 && sum.percentile(50) == snapshot.percentile(50))
        #expect(LatencyCounts.Snapshot([108: 4, -1: 5, 3: -2]) == LatencyCounts.Snapshot(), "no such bucket or number")
    }

    @Test func `counts latencies by doublings, from the shortest to the longest`() {
        let counts = LatencyCounts()
        #expect(counts.snapshot.doublings.isEmpty)
        for latency in [Duration.milliseconds(1), .milliseconds(1), .milliseconds(7)] { counts.record(latency) }
        let doublings = counts.snapshot.doublings
        #expect(doublings.map(\.count).reduce(0, +) == 3 && doublings.first?.count == 2 && doublings.last?.count == 1)
        for (shorter, longer) in zip(doublings, doublings.dropFirst()) {
            #expect((1.99...2.01).contains(longer.below / shorter.below))
        }
        #expect(
            (doublings.first?.below ?? .zero) > .milliseconds(1) && (doublings.last?.below ?? .zero) > .milliseconds(7)
        )
    }
}
