import Testing

@testable import Dashboard

@Suite struct ChartTextTests {
    @Test(arguments: [
        (0, "0"), (0.004, "0"), (0.05, "0.05"), (0.5, "0.5"), (1, "1"), (1.25, "1.3"), (9.94, "9.9"), (9.96, "10"),
        (999.4, "999"), (999.6, "1k"), (1250, "1.3k"), (41_210, "41k"), (1e6, "1M"), (2.5e9, "2.5G"), (3e12, "3T"),
        (1e18, "over 999T"), (-2.5, "−2.5"), (-1e18, "under −999T"),
    ])
    func `writes numbers in short form`(value: Double, text: String) {
        #expect(ChartUnit.count.text(value) == text)
    }

    @Test(arguments: [
        (ChartUnit.perSecond, 1200, "1.2k/s"), (.milliseconds, 35, "35 ms"), (.milliseconds, 1500, "1.5 s"),
        (.milliseconds, 90_000, "1.5 min"), (.seconds, 59, "59 s"), (.seconds, 1560, "26 min"),
        (.seconds, 7200, "2 h"), (.seconds, 259_200, "3 d"), (.seconds, .nan, "unknown"),
        (.count, .infinity, "unknown"),
    ])
    func `writes values with their unit`(unit: ChartUnit, value: Double, text: String) {
        #expect(unit.text(value) == text)
    }

    @Test(arguments: [
        (0, "0"), (12.34, "12.3"), (12.96, "13"), (-0.25, "-0.3"), (-0.04, "0"), (.nan, "0"), (.infinity, "0"),
        (1e300, "1000000"),
    ])
    func `writes coordinates to one decimal`(value: Double, text: String) {
        #expect(Coordinate.text(value) == text)
    }

    @Test func `writes values for tooltips with four digits`() {
        let values: [Double?] = [0, 0.05, 0.5, 12.34, 999.999, 1234.5, nil, 2e12]
        let pieces = values.indices.map { $0..<($0 + 1) }
        #expect(PlotFrame.data(values, in: pieces) == "0,0.05,0.5,12.34,1000,1235,,2000000000000.0")
        #expect(PlotFrame.data([3, 1, nil, 2.5], in: [0..<3, 3..<4]) == "1~3,2.5")
        #expect(PlotFrame.data([.nan, -1], in: [0..<1, 1..<2]) == "0,0", "no number")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (41_210, "41,210"), (1_000_007, "1,000,007"), (-1234, "−1,234"),
        (Int.min, "−9,223,372,036,854,775,808"),
    ])
    func `groups the digits of integers`(value: Int, text: String) {
        #expect(GroupedInteger.text(value) == text)
    }

    @Test func `escapes what could end an attribute or begin an element`() {
        var writer = MarkupWriter()
        writer.element("p", ["title": #""><script>alert('1')</script>"#], text: "a & b < c\u{0}\u{202E}😀")
        #expect(
            writer.text
                == "<p title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\">a &amp; b &lt; c\u{FFFD}\u{202E}😀</p>"
        )
    }
}
