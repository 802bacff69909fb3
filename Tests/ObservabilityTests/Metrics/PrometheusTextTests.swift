import CoreMetrics
import Telemetry
import TestSupport
import Testing

@testable import Observability

/// The text of metrics, byte for byte.
@Suite struct PrometheusTextTests {
    let registry = MetricsRegistry()

    private func text() -> String {
        var text = PrometheusText()
        registry.write(to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-1, "-1"), (0.5, "0.5"), (0.0025, "0.0025"), (0.30000000000000004, "0.3"),
            (1e-9, "1e-09"), (-0.25, "-0.25"), (30, "30"), (999_999.5, "999999.5"), (1_000_000, "1000000"),
            (1_234_567.875, "1234567.875"), (1e15, "1000000000000000"), (9_007_199_254_740_992, "9007199254740992"),
            (1e19, "1e+19"), (-1e300, "-1e+300"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        ] as [(Double, String)]
    )
    func `writes the shortest digits of a number`(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
    }

    @Test func `writes a family once, then its samples`() {
        var text = PrometheusText()
        text.family("a_total", .counter, "What it is: \"a\\b\"\nand more.")
        text.sample("a_total", Int64.min)
        text.sample("a_total", labels: PrometheusText.labels([("x", "1"), ("y", "")]), Int64.max)
        text.sample("a_total", labels: "", 0.5)
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP a_total What it is: "a\\\\b"\\nand more.
                # TYPE a_total counter
                a_total -9223372036854775808
                a_total{x="1",y=""} 9223372036854775807
                a_total 0.5

                """
        )
        #expect(PrometheusText.labels([]) == "")
    }

    @Test func `lists all metrics by their names and labels, a family once`() {
        let (one, two) = (Metric("b_total", "B."), Metric("a_total", "A."))
        one.counter([("l", "2")], in: registry).increment()
        one.counter([("l", "1")], in: registry).increment(by: 2)
        two.counter(in: registry).increment(by: 3)
        Metric("c", "C.", buckets: [1]).histogram(in: registry).record(7)
        #expect(
            text() == """
                # HELP a_total A.
                # TYPE a_total counter
                a_total 3
                # HELP b_total B.
                # TYPE b_total counter
                b_total{l="1"} 2
                b_total{l="2"} 1
                # HELP c C.
                # TYPE c histogram
                c_bucket{le="1"} 0
                c_bucket{le="+Inf"} 1
                c_sum 7
                c_count 1

                """
        )
    }

    @Test func `leaves out only those histograms of a family in which nothing was recorded`() throws {
        let sizes = Metric("sizes", "Sizes.", buckets: [1, 2])
        sizes.histogram([("p", "a")], in: registry).record(2)
        _ = sizes.histogram([("p", "b")], in: registry)
        let read = try PrometheusReader(text())
        #expect(read.value("sizes_count", ["p": "a"]) == 1 && read.value("sizes_count", ["p": "b"]) == nil)
        #expect(read.value("sizes_bucket", ["p": "a", "le": "1"]) == 0)
        #expect(read.value("sizes_bucket", ["p": "a", "le": "2"]) == 1, "a value that equals a bound belongs below it")
    }

    @Test func `is nothing without a metric`() {
        #expect(text() == "")
    }
}
