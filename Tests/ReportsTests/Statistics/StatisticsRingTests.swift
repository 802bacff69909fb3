import Events
import Testing

@testable import Reports

@Suite struct StatisticsRingTests {
    private let now = Timestamp(milliseconds: 1_750_000_000_000)

    /// What the counters say after so many events each second.
    private func sample(_ lago: Int, backlog: Int? = 0, at second: Int = 0) -> StatisticsSample {
        var counters = StatisticsSample.Counters()
        counters.accepted = lago
        counters.delivered = lago / 2
        counters.backlog = backlog
        counters.oldestAge = backlog.map { .seconds($0) }
        var sample = StatisticsSample()
        sample.accepted = lago
        sample.providers["lago"] = counters
        return sample
    }

    private func points(_ ring: StatisticsRing, _ step: StatisticsStep, _ count: Int, atSecond second: Int)
        -> [Int?]
    {
        let report = ring.report(StatisticsQuery(step, count: count), atSecond: second, now)
        return report.providers.first?.points.map { $0?.accepted } ?? []
    }

    @Test func `shows what was counted in each second, oldest first`() {
        var ring = StatisticsRing()
        ring.add(sample(5), atEndOf: 0)
        ring.add(sample(8), atEndOf: 1)
        ring.add(sample(8), atEndOf: 2)
        let report = ring.report(StatisticsQuery(.second, count: 4), atSecond: 3, now)
        #expect(report.providers.map(\.provider) == ["lago"])
        #expect(report.providers[0].points.map { $0?.accepted } == [nil, 5, 3, 0])
        #expect(report.providers[0].points.map { $0?.delivered } == [nil, 2, 2, 0])
        #expect(report.whole?.map { $0?.accepted } == [nil, 5, 3, 0])
        #expect(report.since == now + .seconds(-3))
        #expect(report.from == now + .seconds(-4))
    }

    @Test func `adds seconds up to longer steps, and shows only finished ones`() {
        var ring = StatisticsRing()
        for second in 0..<125 { ring.add(sample((second + 1) * 10), atEndOf: second) }
        #expect(points(ring, .tenSeconds, 3, atSecond: 125) == [100, 100, 100])
        #expect(points(ring, .minute, 3, atSecond: 125) == [nil, 600, 600])
        let report = ring.report(StatisticsQuery(.minute, count: 2), atSecond: 125, now)
        #expect(report.from == now + .seconds(-125))
    }

    @Test func `adds up requests by what they were for`() {
        var ring = StatisticsRing()
        for second in 0..<20 {
            var counted = sample(0)
            // After the pause of seconds 11 and 12, what was counted in it is divided.
            guard second != 11, second != 12 else { continue }
            let count = second + 1
            counted.providers["lago"]?.requests = RequestCounts(live: 3 * count, backfills: 2 * count, reads: count)
            ring.add(counted, atEndOf: second)
        }
        let report = ring.report(StatisticsQuery(.tenSeconds, count: 2), atSecond: 20, now)
        let requests = report.providers[0].points.map { $0?.requests }
        #expect(requests == [10, 10].map { RequestCounts(live: 3 * $0, backfills: 2 * $0, reads: $0) })
        #expect(report.whole?.last??.requests == RequestCounts(live: 30, backfills: 20, reads: 10))
    }

    @Test func `keeps of a step the state that kept calls away most, and the concurrency at its end`() {
        var ring = StatisticsRing()
        for second in 0..<20 {
            var counted = sample(0)
            counted.providers["lago"]?.circuit = second == 3 ? .open : second == 4 ? .probing : .closed
            counted.providers["lago"]?.concurrency = second + 1
            ring.add(counted, atEndOf: second)
        }
        let report = ring.report(StatisticsQuery(.tenSeconds, count: 3), atSecond: 20, now)
        #expect(report.providers.first?.points.map { $0?.circuit } == [nil, .open, .closed])
        #expect(report.providers.first?.points.map { $0?.concurrency } == [nil, 10, 20])
        #expect(report.whole?.compactMap { $0?.circuit }.isEmpty == true)
    }

    @Test(arguments: StatisticsStep.allCases)
    func `keeps the newest steps of each length`(step: StatisticsStep) {
        var ring = StepRing(step)
        var point = StatisticsPoint()
        for number in 0..<step.count * 2 + 7 {
            point.accepted = number
            ring.add(point, inSecond: number * step.rawValue)
        }
        let newest = step.count * 2 + 6
        let oldest = newest - step.count + 1
        #expect((oldest...newest).allSatisfy { ring.point($0)?.accepted == $0 })
        #expect(ring.point(oldest - 1) == nil)
        #expect(ring.point(newest + 1) == nil)
        #expect(ring.point(-1) == nil)
    }

    @Test func `keeps what is as it is at the end of a step`() {
        var ring = StatisticsRing()
        for second in 0..<20 { ring.add(sample(0, backlog: second), atEndOf: second) }
        let report = ring.report(StatisticsQuery(.tenSeconds, count: 2), atSecond: 20, now)
        #expect(report.providers[0].points.map { $0?.backlog } == [9, 19])
        #expect(report.providers[0].points.map { $0?.oldestAge } == [.seconds(9), .seconds(19)])
        #expect(report.whole?.map { $0?.backlog } == [9, 19])
    }

    @Test func `does not take a backlog that could not be read for an empty one`() {
        var ring = StatisticsRing()
        ring.add(sample(1, backlog: 7), atEndOf: 0)
        ring.add(sample(2, backlog: nil), atEndOf: 1)
        let report = ring.report(StatisticsQuery(.second, count: 2), atSecond: 2, now)
        #expect(report.providers[0].points.map { $0?.backlog } == [7, nil])
        #expect(report.whole?.map { $0?.backlog } == [7, nil])
        #expect(report.whole?.map { $0?.oldestAge } == [.seconds(7), nil])
    }

    @Test func `divides what was counted in a short pause among its seconds`() {
        var ring = StatisticsRing()
        ring.add(sample(0), atEndOf: 0)
        ring.add(sample(11), atEndOf: 3)
        #expect(points(ring, .second, 4, atSecond: 4) == [0, 4, 4, 3])
    }

    @Test func `has no points for a time in which the process did not run`() {
        var ring = StatisticsRing()
        ring.add(sample(1), atEndOf: 0)
        ring.add(sample(3), atEndOf: 100)
        #expect(points(ring, .second, 3, atSecond: 101) == [nil, nil, 2])
        #expect(points(ring, .tenSeconds, 10, atSecond: 101) == [1] + Array(repeating: nil, count: 9))
        ring.add(sample(4), atEndOf: 1_000_000)
        #expect(points(ring, .second, 3, atSecond: 1_000_001) == [nil, nil, 1])
        #expect(points(ring, .minute, .max, atSecond: 1_000_001).compactMap(\.self) == [])
    }

    @Test func `has no points after the last sample`() {
        var ring = StatisticsRing()
        ring.add(sample(1), atEndOf: 0)
        #expect(points(ring, .second, 5, atSecond: 6) == [nil, 1, nil, nil, nil].map { $0 as Int? }.suffix(5))
        let report = ring.report(StatisticsQuery(.second, count: 1), atSecond: 6, now)
        #expect(report.from == now + .seconds(-3))
    }

    @Test(arguments: [Int.min, -1, 0, 1, 1 << 40, Int.max])
    func `takes any second, and never one before the newest`(second: Int) {
        var ring = StatisticsRing()
        ring.add(sample(1), atEndOf: 1)
        ring.add(sample(3), atEndOf: second)
        ring.add(sample(6), atEndOf: 0)
        let sum = ring.report(StatisticsQuery(.minute, count: .max), atSecond: second, now)
        #expect(sum.providers.count == 1)
        let all = ring.report(StatisticsQuery(.second, count: .max), atSecond: 2, now).whole ?? []
        let counted = all.compactMap { $0?.accepted }.reduce(0, +)
        #expect(counted == (second > 300 ? 5 : 6))
    }

    @Test func `takes counts that begin again, as after a change of a provider`() {
        var ring = StatisticsRing()
        ring.add(sample(10), atEndOf: 0)
        ring.add(sample(4), atEndOf: 1)
        #expect(points(ring, .second, 2, atSecond: 2) == [10, 4])
    }

    @Test func `keeps a removed provider until its last point is two days old`() {
        var ring = StatisticsRing()
        ring.add(sample(1), atEndOf: 0)
        for second in stride(from: 1, through: 172_800, by: 10) { ring.add(StatisticsSample(), atEndOf: second) }
        #expect(ring.report(StatisticsQuery(.minute, count: 1), atSecond: 172_800, now).providers.count == 1)
        ring.add(StatisticsSample(), atEndOf: 172_801)
        #expect(ring.report(StatisticsQuery(.minute, count: 1), atSecond: 172_802, now).providers.isEmpty)
    }

    @Test func `limits the providers, prefers those that exist, and says how many have no figures`() {
        var ring = StatisticsRing()
        var crowd = StatisticsSample()
        for number in 0..<StatisticsRing.mostProviders + 3 {
            crowd.providers[ProviderName("p\(number)")] = StatisticsSample.Counters()
        }
        ring.add(crowd, atEndOf: 0)
        let full = ring.report(StatisticsQuery(.second, count: 1), atSecond: 1, now)
        #expect(full.providers.count == StatisticsRing.mostProviders)
        #expect(full.omittedProviders == 3)
        ring.add(sample(1), atEndOf: 1)
        let after = ring.report(StatisticsQuery(.second, count: 1), atSecond: 2, now)
        #expect(after.omittedProviders == 0)
        #expect(after.providers.contains { $0.provider == "lago" })
        #expect(after.providers.count == StatisticsRing.mostProviders)
    }
}
