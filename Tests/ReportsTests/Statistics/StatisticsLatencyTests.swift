import Events
import Telemetry
import Testing

@testable import Reports

@Suite struct StatisticsLatencyTests {
    @Test func `shows the percentiles of each step's own requests`() {
        var ring = StatisticsRing()
        let latencies = LatencyCounts()
        for second in 0..<60 {
            // A slow half-minute after a fast one.
            for _ in 0..<100 { latencies.record(.milliseconds(second < 30 ? 10 : 400)) }
            var sample = StatisticsSample()
            sample.providers["lago"] = StatisticsSample.Counters()
            sample.providers["lago"]?.latencies = latencies.snapshot
            sample.acceptLatencies = latencies.snapshot
            ring.add(sample, atEndOf: second)
        }
        let now = Timestamp(milliseconds: 0)
        for step in StatisticsStep.allCases {
            let report = ring.report(StatisticsQuery(step, count: 60 / step.rawValue), atSecond: 60, now)
            for points in [report.whole ?? [], report.providers[0].points] {
                let last = points.last.flatMap { $0?.p99 }?.seconds ?? 0
                #expect(abs(last - 0.4) < 0.08, "\(step): \(last)")
                guard step != .minute else { continue }
                let first = points.first.flatMap { $0?.p99 }?.seconds ?? 0
                #expect(abs(first - 0.01) < 0.002, "\(step): \(first)")
            }
        }
    }

    @Test func `shows no latency for a step without requests`() {
        var ring = StatisticsRing()
        let latencies = LatencyCounts()
        latencies.record(.milliseconds(5))
        for second in 0..<3 {
            var sample = StatisticsSample()
            sample.providers["lago"] = StatisticsSample.Counters()
            sample.providers["lago"]?.latencies = latencies.snapshot
            ring.add(sample, atEndOf: second)
        }
        let report = ring.report(StatisticsQuery(.second, count: 3), atSecond: 3, Timestamp(milliseconds: 0))
        #expect(report.providers[0].points.map { $0?.p50 != nil } == [true, false, false])
    }
}
