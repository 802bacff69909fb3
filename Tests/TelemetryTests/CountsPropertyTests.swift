import Telemetry
import Testing

/// Counters of latencies and sizes, against models that keep every value.
@Suite struct CountsPropertyTests {
    /// A pseudo-random sequence, the same in each run.
    private struct Numbers {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 20
        }
    }

    /// Latencies from nothing to about a minute, of every magnitude.
    private static func latencies(_ seed: UInt64, _ count: Int) -> [Duration] {
        var numbers = Numbers(state: seed)
        return (0..<count).map { _ -> Duration in
            let limit = UInt64(1) << (numbers.next() % 37)
            return .nanoseconds(Int64(numbers.next() % limit))
        }
    }

    private static func snapshot(_ latencies: [Duration]) -> LatencyCounts.Snapshot {
        let counts = LatencyCounts()
        for latency in latencies { counts.record(latency) }
        return counts.snapshot
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a percentile lies within a quarter of the value at that place`(seed: UInt64) throws {
        let latencies = Self.latencies(seed, 200)
        let (sorted, snapshot) = (latencies.sorted(), Self.snapshot(latencies))
        var last = Duration.zero
        for percent in [1, 10, 25, 50, 75, 90, 99, 100] {
            let found = try #require(snapshot.percentile(percent))
            #expect(found >= last, "\(percent) of a hundred")
            last = found
            let actual = sorted[percent * 2 - 1]
            // A bucket is a quarter of a doubling wide, and at least 1.1 microseconds.
            let width = max(actual / 3, .microseconds(2))
            let (low, high) = (actual - width, actual + width)
            #expect((low...high).contains(found), "\(percent): \(found), not \(actual)")
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `what two have counted is what one would have counted`(seed: UInt64) {
        let latencies = Self.latencies(seed, 100)
        let (first, second) = (Self.snapshot(Array(latencies[..<40])), Self.snapshot(Array(latencies[40...])))
        var sum = first
        sum.add(second)
        let whole = Self.snapshot(latencies)
        #expect(sum == whole && sum.total == 100)
        #expect(whole.numbers(since: first) == second.numbers())
        #expect(
            LatencyCounts.Snapshot(whole.numbers(since: first)).percentile(50) == whole.percentile(50, since: first)
        )
        #expect(whole.doublings.map(\.count).reduce(0, +) == 100)
    }

    @Test func `nothing is counted since a snapshot that has more`() {
        let (few, many) = (Self.snapshot([.seconds(1)]), Self.snapshot([.seconds(1), .seconds(1)]))
        #expect(few.numbers(since: many).isEmpty && few.percentile(50, since: many) == nil)
    }

    @Test(arguments: [(-5, 1), (0, 1), (1, 1), (99, 99), (100, 100), (101, 100), (.max, 100)])
    func `a percentile beyond a hundred is the longest`(percent: Int, expected: Int) {
        let snapshot = Self.snapshot((1...100).map { .milliseconds($0) })
        let (found, known) = (snapshot.percentile(percent) ?? .zero, snapshot.percentile(expected) ?? .zero)
        #expect(percent < 1 ? found <= known : found == known)
    }

    @Test func `numbers of any size do not end the program`() {
        var snapshot = LatencyCounts.Snapshot([0: .max, 107: .max, 50: 1])
        snapshot.add(snapshot)
        _ = (snapshot.total, snapshot.percentile(50), snapshot.percentile(99), snapshot.doublings)
        #expect(snapshot.numbers()[50] == 2)
        #expect(LatencyCounts.Snapshot([Int.max: 1, .min: 1, 108: 1, 5: 0, 6: .min]).total == 0)
    }

    /// Every number of events up to a few thousand, and each power of two with its neighbours.
    @Test func `a request is counted with those of up to the next power of two`() {
        let powers = (1...15).flatMap { exponent -> [Int] in
            let power = 1 << exponent
            return [power - 1, power, power + 1]
        }
        for events in Array(1...3_000) + powers {
            let counts = BatchSizeCounts()
            counts.record(events)
            var most = 1
            while most < events, most < 1 << 15 { most *= 2 }
            let expected = [BatchSizeCounts.Bucket(most: most, requests: 1)]
            if counts.snapshot != expected { Issue.record("\(events): \(counts.snapshot)") }
        }
    }

    @Test func `a request is slow from fifty milliseconds on`() {
        let times = AcceptanceTimes()
        #expect(times.counts == (0, 0) && times.latencies.total == 0)
        for time in [Duration.zero, .milliseconds(49), .nanoseconds(49_999_999), .seconds(-1)] { times.took(time) }
        #expect(times.counts == (4, 0))
        for time in [AcceptanceTimes.limit, .nanoseconds(50_000_001), .seconds(Int64.max)] { times.took(time) }
        #expect(times.counts == (7, 3) && times.latencies.total == 7)
    }
}
