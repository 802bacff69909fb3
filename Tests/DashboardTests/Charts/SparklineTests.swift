import Testing

@testable import Dashboard

@Suite struct SparklineTests {
    private func sparkline(_ values: [Double?]) -> String {
        Sparkline(series: ChartSeries(name: "lago", slot: 2, values: values), unit: .perSecond, title: "Delivered")
            .markup
    }

    @Test func `draws the line of a row`() {
        #expect(
            sparkline([0, 10, 5]) == """
                <svg class="sparkline s2" width="120" height="24" viewBox="-1 -1 122 26" preserveAspectRatio="none" role="img" \
                aria-label="Delivered: now 5/s, highest 10/s"><path class="fill" d="M0 24 0 24 60 0 120 12 120 24z"/>\
                <path class="line" d="M0 24 60 0 120 12"/></svg>
                """
        )
    }

    @Test func `shows gaps, and zeros as a line at the bottom`() {
        #expect(sparkline([1, nil, 1]).attribute("d", behind: "\"line\"") == "M0 0h0M120 0h0")
        #expect(sparkline([0, 0]).attribute("d", behind: "\"line\"") == "M0 24 120 24")
    }

    @Test(arguments: [[], [nil], [.nan]] as [[Double?]]) func `says that there is no data`(values: [Double?]) {
        #expect(sparkline(values).contains("aria-label=\"Delivered: no data\"><path class=\"none\""))
    }

    @Test func `draws one value`() {
        #expect(sparkline([3]).attribute("d", behind: "\"line\"") == "M0 0h0")
    }

    @Test func `draws 3,900 values as at most one per pixel, with their peak`() throws {
        var values = [Double?](repeating: 1, count: 3900)
        for index in stride(from: 0, to: 3900, by: 2) { values[index] = 2 }
        values[1234] = 100
        let path = try #require(sparkline(values).attribute("d", behind: "\"line\""))
        #expect(path.split(separator: " ").count <= 240)
        // The peak is at the top.
        #expect(path.contains("38 0 "))
    }
}
