/// The latency of one provider: half of the calls are faster than one line, 99 of 100 faster than the other.
struct LatencyChart: Sendable {
    /// Unique on the page.
    let id: String
    let title: String
    let times: ChartTimes
    /// Milliseconds; nil without calls.
    let p50: [Double?]
    let p99: [Double?]

    /// An HTML `figure`.
    var markup: String {
        let series = [
            ChartSeries(name: "p50", slot: 0, values: p50), ChartSeries(name: "p99", slot: 1, values: p99),
        ]
        return LineChart(id: id, title: title, times: times, series: series, unit: .milliseconds).markup
    }
}
