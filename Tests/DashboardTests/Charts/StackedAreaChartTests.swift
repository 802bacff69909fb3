import Testing

@testable import Dashboard

@Suite struct StackedAreaChartTests {
    private func chart(_ values: [Double?]...) -> String {
        let series = values.enumerated().map { ChartSeries(name: "part \($0)", slot: $0, values: $1) }
        return StackedAreaChart(
            id: "backlog",
            title: "Backlog",
            times: .sample(values.first?.count ?? 0),
            series: series,
            unit: .count
        ).markup
    }

    @Test func `stacks the parts`() {
        let markup = chart([10, 20, 10], [10, 0, nil])
        // The top of the scale is 20.
        #expect(markup.attribute("d", behind: "class=\"area s0\"") == "M0 60 300 0 600 60 600 120 300 120 0 120z")
        #expect(markup.attribute("d", behind: "class=\"area s1\"") == "M0 0 300 0 600 60 600 60 300 0 0 60z")
    }

    @Test func `has a gap where nothing was measured`() {
        let markup = chart([10, nil, 10, 10], [10, nil, nil, 10])
        #expect(markup.attribute("d", behind: "class=\"area s0\"")?.count(of: "M") == 2)
    }

    @Test func `keeps the peak of the total in 3,900 steps`() throws {
        var values = [Double?](repeating: 1, count: 3900)
        values[3333] = 3000
        let path = try #require(chart(values, values).attribute("d", behind: "class=\"area s1\""))
        // Two lines of 300 points.
        #expect(path.split(separator: " ").count <= 1201)
        #expect(path.contains("512.9 0 "))
    }

    @Test func `says that there is no data`() {
        for markup in [chart(), chart([]), chart([nil]), chart([.nan], [nil])] {
            #expect(markup.contains("No data in this period"))
            #expect(!markup.contains("class=\"area"))
        }
    }
}
