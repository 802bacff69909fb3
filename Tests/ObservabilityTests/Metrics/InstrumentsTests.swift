import CoreMetrics
import Telemetry
import TestSupport
import Testing

@testable import Observability

/// What counters, gauges and histograms do with every number.
@Suite struct InstrumentsTests {
    let registry = MetricsRegistry()

    private func read() throws -> PrometheusReader {
        var text = PrometheusText()
        registry.write(to: &text)
        return try PrometheusReader(String(decoding: text.bytes, as: UTF8.self))
    }

    @Test func `a counter starts at 0, and is found by its name and its labels in their order`() {
        let metric = Metric("n_total", "N.")
        let counter = metric.counter([("a", "1"), ("b", "2")], in: registry)
        #expect(registry.count(of: "n_total", ("a", "1"), ("b", "2")) == 0)
        counter.increment(by: 5)
        #expect(registry.count(of: "n_total", ("a", "1"), ("b", "2")) == 5)
        #expect(registry.count(of: "n_total", ("b", "2"), ("a", "1")) == 0)
        #expect(registry.count(of: "n_total") == 0 && registry.count(of: "other") == 0)
        counter.reset()
        #expect(registry.count(of: "n_total", ("a", "1"), ("b", "2")) == 0)
    }

    @Test func `only counters are counted`() {
        Metric("sizes", "Sizes.", buckets: [1]).histogram(in: registry).record(4)
        registry.describe(Metric("level", "Level."))
        Meter(label: "level", dimensions: [], factory: registry).set(4)
        #expect(registry.count(of: "sizes") == 0 && registry.count(of: "level") == 0)
    }

    @Test func `a gauge goes up and down, and keeps what was set last`() throws {
        registry.describe(Metric("level", "Level."))
        let meter = Meter(label: "level", dimensions: [("p", "a")], factory: registry)
        meter.set(3)
        meter.increment(by: 2.5)
        meter.decrement(by: 1)
        #expect(try read().value("level", ["p": "a"]) == 4.5)
        #expect(try read().types["level"] == "gauge")
        let recorder = Recorder(label: "level", dimensions: [("p", "b")], aggregate: false, factory: registry)
        recorder.record(7)
        recorder.record(-0.5)
        #expect(try read().value("level", ["p": "b"]) == -0.5)
    }

    @Test func `a destroyed instrument goes on where it was`() throws {
        let metric = Metric("n_total", "N.")
        let counter = metric.counter(in: registry)
        counter.increment(by: 2)
        counter.destroy()
        metric.counter(in: registry).increment()
        #expect(registry.count(of: "n_total") == 3)
    }

    /// What is recorded, and the counts below 0, below 10, and of all.
    @Test(
        arguments: [
            (-5.0, [1, 1, 1]), (0, [1, 1, 1]), (0.4, [1, 1, 1]), (0.5, [0, 1, 1]), (10, [0, 1, 1]), (10.4, [0, 1, 1]),
            (10.5, [0, 0, 1]), (1e15, [0, 0, 1]),
        ] as [(Double, [Double])]
    )
    func `a histogram rounds what is recorded`(value: Double, counts: [Double]) throws {
        Metric("sizes", "Sizes.", buckets: [0, 10]).histogram(in: registry).record(value)
        let read = try read()
        #expect(["0", "10", "+Inf"].compactMap { read.value("sizes_bucket", ["le": $0]) } == counts)
        #expect(read.value("sizes_sum") == value.rounded())
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e19, -1e300])
    func `a histogram leaves out what no integer holds`(value: Double) throws {
        Metric("sizes", "Sizes.", buckets: [1]).histogram(in: registry).record(value)
        #expect(try read().samples.isEmpty)
    }

    @Test func `a histogram takes the largest and the smallest integer`() throws {
        let sizes = Metric("sizes", "Sizes.", buckets: [1]).histogram(in: registry)
        for value in [Int64.max, .max, .min] { sizes.record(value) }
        #expect(try read().value("sizes_count") == 3)
        #expect(try read().value("sizes_bucket", ["le": "1"]) == 1)
    }

    @Test func `a histogram has as many as fifteen bounds`() throws {
        let bounds = (1...HistogramInstrument.mostBounds).map { Double($0) }
        let sizes = Metric("sizes", "Sizes.", buckets: bounds).histogram(in: registry)
        for value in 1...16 { sizes.record(value) }
        let read = try read()
        #expect(bounds.compactMap { read.value("sizes_bucket", ["le": "\(Int($0))"]) } == bounds)
        #expect(read.value("sizes_bucket", ["le": "+Inf"]) == 16)
    }

    @Test(
        arguments: [
            (Duration.nanoseconds(999), 1), (.seconds(-3), 1), (.milliseconds(500), 1), (.nanoseconds(500_000_001), 0),
            (.seconds(Int64.min), 1), (.seconds(Int64.max), 0), (.zero, 1),
        ] as [(Duration, Double)]
    )
    func `a timer takes every duration`(duration: Duration, below: Double) throws {
        Metric("test_seconds", "Time.", buckets: [0.5]).timer(in: registry).record(duration)
        #expect(try read().value("test_seconds_bucket", ["le": "0.5"]) == below)
        #expect(try read().value("test_seconds_count") == 1)
    }

    @Test func `commits are timed, and their events counted where they have any`() throws {
        let metrics = CommitMetrics(factory: registry)
        #expect(try read().value("tollgate_commit_failures_total") == 0)
        metrics.committed(events: 0, in: .milliseconds(2))
        metrics.committed(events: 300, in: .milliseconds(2))
        metrics.failed()
        let read = try read()
        #expect(read.value("tollgate_commit_seconds_count") == 2 && read.value("tollgate_commit_seconds_sum") == 0.004)
        #expect(read.value("tollgate_commit_events_count") == 1 && read.value("tollgate_commit_events_sum") == 300)
        #expect(read.value("tollgate_commit_events_bucket", ["le": "256"]) == 0)
        #expect(read.value("tollgate_commit_events_bucket", ["le": "512"]) == 1)
        #expect(read.value("tollgate_commit_failures_total") == 1)
    }
}
