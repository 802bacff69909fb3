import Testing

@testable import Dashboard

@Suite struct LineChartTests {
    private func chart(_ values: [Double?]..., unit: ChartUnit = .perSecond) -> String {
        let series = values.enumerated().map { ChartSeries(name: "line \($0)", slot: $0, values: $1) }
        return LineChart(
            id: "rates",
            title: "Rates",
            times: .sample(values.first?.count ?? 0),
            series: series,
            unit: unit
        ).markup
    }

    @Test func `draws values from left to right below a round top`() {
        let markup = chart([0, 50, 100], [100, 25, nil])
        // The top of the scale is 100.
        #expect(markup.attribute("d", behind: "class=\"line s0\"") == "M0 120 300 60 600 0")
        #expect(markup.attribute("d", behind: "class=\"line s1\"") == "M0 0 300 90")
        #expect(markup.attribute("data-values", behind: "class=\"line s1\"") == "100,25,")
        #expect(markup.contains("<b>100/s</b>"))
        // The newest value of the second line is unknown.
        #expect(markup.contains("<span>line 1</span><b>–</b>"))
        #expect(markup.count(of: "class=\"marker") == 1)
    }

    @Test func `writes the whole figure`() {
        let markup = chart([2, 4])
        #expect(
            markup == """
                <figure class="chart" id="rates" data-start="1710943200000" data-step="10000" data-count="2" data-unit="/s">\
                <figcaption><span class="chart-title">Rates</span><ul class="legend"><li class="s0">\
                <svg class="key" width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">\
                <path d="M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"/></svg><span>line 0</span><b>4/s</b></li></ul></figcaption>\
                <svg class="plot" width="100%" height="160" role="img" aria-labelledby="rates-title rates-description">\
                <title id="rates-title">Rates</title>\
                <desc id="rates-description">line 0: now 4/s, highest 4/s at 14:00:10 UTC.</desc>\
                <g class="grid" aria-hidden="true"><line x1="0" x2="100%" y1="136" y2="136"/>\
                <line x1="0" x2="100%" y1="76" y2="76"/><line x1="0" x2="100%" y1="16" y2="16"/>\
                <text x="0%" y="152" text-anchor="start">14:00:00</text>\
                <text x="100%" y="152" text-anchor="end">14:00:10</text>\
                </g><svg class="lines" x="0" y="16" width="100%" height="120" viewBox="0 0 600 120" preserveAspectRatio="none">\
                <path class="line s0" d="M0 60 600 0" data-name="line 0" data-values="2,4"/></svg>\
                <g class="grid" aria-hidden="true"><text x="0" y="72">2/s</text><text x="0" y="12">4/s</text></g>\
                <svg class="marker s0" x="100%" y="16" overflow="visible"><path d="M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"/></svg>\
                </svg></figure>
                """
        )
    }

    @Test func `shows gaps as gaps and a value alone as a dot`() {
        let markup = chart([10, 10, nil, 5, nil, 10, 10])
        #expect(markup.attribute("d", behind: "class=\"line s0\"") == "M0 0 100 0M300 60h0M500 0 600 0")
    }

    @Test func `says that there is no data`() {
        for markup in [chart(), chart([]), chart([nil, nil]), chart([.nan, .infinity])] {
            #expect(markup.contains("No data in this period"))
            #expect(!markup.contains("class=\"line "))
            #expect(!markup.contains("nan") && !markup.contains("inf"))
        }
    }

    @Test func `draws one value at the right edge`() {
        #expect(chart([7]).attribute("d", behind: "class=\"line s0\"") == "M600 36h0")
    }

    @Test func `survives values that are no rates`() {
        let markup = chart([-5, .greatestFiniteMagnitude, .nan, 1])
        #expect(markup.attribute("d", behind: "class=\"line s0\"") == "M0 120 200 0M600 120h0")
        #expect(markup.attribute("data-values", behind: "class=\"line s0\"") == "0,1e+18,,1")
    }

    @Test func `draws 3,900 values as at most 300, with their peak, and tells both ends of a piece`() throws {
        var values = (0..<3900).map { Double($0 % 10) as Double? }
        values[2000] = 100
        let markup = chart(values)
        let path = try #require(markup.attribute("d", behind: "class=\"line s0\""))
        #expect(path.split(separator: " ").count <= 600)
        #expect(path.contains("307.8 0 "))
        let data = try #require(markup.attribute("data-values", behind: "class=\"line s0\"")).split(separator: ",")
        #expect(data.count == 150)
        #expect(data[0] == "0~9")
        #expect(data[76] == "0~100")
        #expect(markup.utf8.count < 12_000)
    }

    @Test func `has neither style nor script nor handlers`() {
        let hostile = #""><script>x</script><a style="x" onclick="y">"#
        let series = ChartSeries(name: hostile, slot: -3, values: [1, 2])
        let markup = LineChart(id: "a", title: hostile, times: .sample(2), series: [series], unit: .count).markup
        #expect(!markup.contains("<script") && !markup.contains("<a ") && !markup.contains(" style=\"x"))
        #expect(markup.contains("class=\"line s5\""))
    }

    @Test func `gives each of eight series another shape`() {
        #expect(Set((0..<8).map(SeriesMarker.path)).count == 8)
        #expect(SeriesMarker.path(9) == SeriesMarker.path(1))
    }

    @Test func `draws both latencies in milliseconds`() {
        let markup = LatencyChart(id: "l", title: "Latency", times: .sample(2), p50: [20, 30], p99: [150, nil]).markup
        #expect(markup.contains("<span>p50</span><b>30 ms</b>"))
        #expect(markup.contains("p99: now unknown, highest 150 ms at 14:00:00 UTC."))
        #expect(markup.contains("data-unit=\"ms\""))
    }
}
