import CoreMetrics
import Observability
import Telemetry
import TestSupport
import Testing

@Suite struct MetricsRegistryTests {
    let registry = MetricsRegistry()

    private static let events = Metric("test_events_total", "Events, by result.")
    private static let seconds = Metric("test_seconds", "Duration.", buckets: Metric.latencies)
    private static let sizes = Metric("test_sizes", "Sizes.", buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256])

    private func read() throws -> PrometheusReader {
        var text = PrometheusText()
        registry.write(to: &text)
        return try PrometheusReader(String(decoding: text.bytes, as: UTF8.self))
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\"b", #"a\"b"#), ("a\\b", #"a\\b"#), ("a\nb", #"a\nb"#), ("a\r\nb", "a\r\\nb"),
        ("a\"\u{301}", "a\\\"\u{301}"), ("\\\u{301}", "\\\\\u{301}"), ("\"\n\\", #"\"\n\\"#),
    ])
    func `escapes labels by code points`(value: String, escaped: String) {
        #expect(PrometheusText.labels([("a", value), ("b", "")]).utf8.elementsEqual("a=\"\(escaped)\",b=\"\"".utf8))
    }

    @Test func `counts under one name and its labels, whoever counts`() throws {
        for _ in 0..<2 {
            Self.events.counter([("result", "accepted")], in: registry).increment(by: 3)
        }
        Self.events.counter([("result", "duplicate")], in: registry).increment()
        let metrics = try read()
        #expect(metrics.types["test_events_total"] == "counter")
        #expect(metrics.value("test_events_total", ["result": "accepted"]) == 6)
        #expect(metrics.value("test_events_total", ["result": "duplicate"]) == 1)
    }

    @Test func `puts times into buckets by their bounds`() throws {
        let timer = Self.seconds.timer(in: registry)
        for milliseconds in [1, 2, 3, 400, 60_000] { timer.recordMilliseconds(milliseconds) }
        let metrics = try read()
        #expect(metrics.value("test_seconds_bucket", ["le": "0.001"]) == 1)
        #expect(metrics.value("test_seconds_bucket", ["le": "0.0025"]) == 2)
        #expect(metrics.value("test_seconds_bucket", ["le": "0.5"]) == 4)
        #expect(metrics.value("test_seconds_bucket", ["le": "30"]) == 4)
        #expect(metrics.value("test_seconds_count") == 5)
        #expect(metrics.value("test_seconds_sum") == 60.406)
    }

    @Test func `puts sizes into buckets as they are`() throws {
        let sizes = Self.sizes.histogram(in: registry)
        for size in [1, 1, 100, 100_000] { sizes.record(size) }
        let metrics = try read()
        #expect(metrics.value("test_sizes_bucket", ["le": "1"]) == 2)
        #expect(metrics.value("test_sizes_bucket", ["le": "128"]) == 3)
        #expect(metrics.value("test_sizes_sum") == 100_102)
    }

    @Test func `shows the help and the buckets that stand beside the counter`() throws {
        let odd = Metric("test_odd_seconds", "What it\nmeans.", buckets: [3, 7])
        odd.timer(in: registry).record(.seconds(5))
        Self.events.counter(in: registry).increment()
        var text = PrometheusText()
        registry.write(to: &text)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(lines.contains("# HELP test_odd_seconds What it\\nmeans."))
        #expect(lines.contains("# HELP test_events_total Events, by result."))
        #expect(lines.filter { $0.hasPrefix("test_odd_seconds_bucket") }.count == 3)
        #expect(try read().value("test_odd_seconds_bucket", ["le": "7"]) == 1)
        #expect(try read().value("test_odd_seconds_bucket", ["le": "3"]) == 0)
    }

    @Test func `records the longest duration without overflow`() throws {
        Self.seconds.timer(in: registry).record(Duration(secondsComponent: .max, attosecondsComponent: 0))
        #expect(try read().value("test_seconds_count") == 1)
    }

    @Test func `escapes what a label may not hold as it is`() throws {
        let name = "a \"quoted\\ name\nof two lines"
        Self.events.counter([("provider", name)], in: registry).increment()
        #expect(try read().value("test_events_total", ["provider": name]) == 1)
    }

    @Test func `leaves out histograms in which nothing was recorded`() throws {
        _ = Self.seconds.timer(in: registry)
        #expect(try read().samples.isEmpty)
    }

    @Test func `loses no count of many threads`() async throws {
        let counter = Self.events.counter(in: registry)
        let timer = Self.seconds.timer(in: registry)
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
        #expect(metrics.value("test_events_total") == 80_000)
        #expect(metrics.value("test_seconds_bucket", ["le": "0.0025"]) == 80_000)
        #expect(metrics.value("test_seconds_sum") == 160)
    }
}
