import CoreMetrics
import Observability
import TestSupport
import Testing

@Suite struct MetricsRegistryTests {
    let registry = MetricsRegistry()

    private func read() throws -> PrometheusReader {
        var text = PrometheusText()
        registry.write(to: &text)
        return try PrometheusReader(String(decoding: text.bytes, as: UTF8.self))
    }

    @Test func `counts under one name and its labels, whoever counts`() throws {
        for _ in 0..<2 {
            Counter(label: "tollgate_events_total", dimensions: [("result", "accepted")], factory: registry)
                .increment(by: 3)
        }
        Counter(label: "tollgate_events_total", dimensions: [("result", "duplicate")], factory: registry).increment()
        let metrics = try read()
        #expect(metrics.types["tollgate_events_total"] == "counter")
        #expect(metrics.value("tollgate_events_total", ["result": "accepted"]) == 6)
        #expect(metrics.value("tollgate_events_total", ["result": "duplicate"]) == 1)
    }

    @Test func `puts times into buckets by their bounds`() throws {
        let timer = Timer(label: "tollgate_commit_seconds", factory: registry)
        for milliseconds in [1, 2, 3, 400, 60_000] { timer.recordMilliseconds(milliseconds) }
        let metrics = try read()
        #expect(metrics.value("tollgate_commit_seconds_bucket", ["le": "0.001"]) == 1)
        #expect(metrics.value("tollgate_commit_seconds_bucket", ["le": "0.0025"]) == 2)
        #expect(metrics.value("tollgate_commit_seconds_bucket", ["le": "0.5"]) == 4)
        #expect(metrics.value("tollgate_commit_seconds_bucket", ["le": "30"]) == 4)
        #expect(metrics.value("tollgate_commit_seconds_count") == 5)
        #expect(metrics.value("tollgate_commit_seconds_sum") == 60.406)
    }

    @Test func `puts sizes into buckets as they are`() throws {
        let sizes = Recorder(label: "tollgate_commit_events", aggregate: true, factory: registry)
        for size in [1, 1, 100, 100_000] { sizes.record(size) }
        let metrics = try read()
        #expect(metrics.value("tollgate_commit_events_bucket", ["le": "1"]) == 2)
        #expect(metrics.value("tollgate_commit_events_bucket", ["le": "128"]) == 3)
        #expect(metrics.value("tollgate_commit_events_sum") == 100_102)
    }

    @Test func `escapes what a label may not hold as it is`() throws {
        let name = "a \"quoted\\ name\nof two lines"
        Gauge(label: "tollgate_test", dimensions: [("provider", name)], factory: registry).record(1.5)
        #expect(try read().value("tollgate_test", ["provider": name]) == 1.5)
    }

    @Test func `leaves out histograms in which nothing was recorded`() throws {
        _ = Timer(label: "tollgate_commit_seconds", factory: registry)
        #expect(try read().samples.isEmpty)
    }

    @Test func `loses no count of many threads`() async throws {
        let counter = Counter(label: "tollgate_events_total", factory: registry)
        let timer = Timer(label: "tollgate_commit_seconds", factory: registry)
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<10_000 {
                        counter.increment()
                        timer.recordNanoseconds(2_000_000)
                    }
                }
            }
        }
        let metrics = try read()
        #expect(metrics.value("tollgate_events_total") == 80_000)
        #expect(metrics.value("tollgate_commit_seconds_bucket", ["le": "0.0025"]) == 80_000)
        #expect(metrics.value("tollgate_commit_seconds_sum") == 160)
    }
}
