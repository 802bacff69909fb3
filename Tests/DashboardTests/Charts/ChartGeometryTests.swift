import Events
import Randomness
import Testing

@testable import Dashboard

/// Whatever is measured, a chart stays within its box, and says in words what it shows.
@Suite struct ChartGeometryTests {
    /// The points of all paths of a class.
    private func points(_ markup: String, _ mark: String) -> [(x: Double, y: Double)] {
        var points: [(x: Double, y: Double)] = []
        for piece in markup.split(separator: mark).dropFirst() {
            let path = piece.split(separator: " d=\"", maxSplits: 1).last?.prefix { $0 != "\"" } ?? ""
            let numbers = path.split { "MhzLC ".contains($0) }.compactMap { Double($0) }
            // `h0` of a dot is one number behind a point.
            var rest = numbers[...]
            for stretch in path.split(separator: "M") {
                let count = stretch.split { "hzLC ".contains($0) }.count
                let own = rest.prefix(count)
                rest = rest.dropFirst(count)
                for pair in stride(from: own.startIndex, to: own.startIndex + count - count % 2, by: 2) {
                    points.append((own[pair], own[pair + 1]))
                }
            }
        }
        return points
    }

    private static let odd: [Double?] = [
        nil, .nan, .infinity, -.infinity, -1, -0.0, 0, .leastNonzeroMagnitude, .leastNormalMagnitude, 1e-9, 0.5, 1, 1e9,
        1e17, 1e18, 1e19, .greatestFiniteMagnitude,
    ]

    private static func series(_ random: inout SplitMix) -> [Double?] {
        (0..<Int.random(in: 0...700, using: &random)).map { _ in
            Bool.random(using: &random)
                ? odd.randomElement(using: &random) ?? nil : Double.random(in: 0...100, using: &random)
        }
    }

    @Test(arguments: 1...25)
    func `lines of any values stay in the box`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        // Two series that need not be as long as each other, or as the times.
        let series = (0..<2).map { ChartSeries(name: "s\($0)", slot: $0, values: Self.series(&random)) }
        let count = series.map(\.values.count).max() ?? 0
        for unit in [ChartUnit.count, .perSecond, .milliseconds, .seconds] {
            let chart = LineChart(id: "c", title: "t", times: .sample(count), series: series, unit: unit)
            let found = points(chart.markup, "<path class=\"line")
            let measured = series.reduce(0) { sum, line in sum + line.values.count { $0 != nil } }
            #expect(found.isEmpty == (measured == 0))
            #expect(found.allSatisfy { (0...600).contains($0.x) && (0...120).contains($0.y) })
            #expect(chart.markup.contains("No data in this period") == (measured == 0))
            #expect(!chart.markup.contains("nan") && !chart.markup.contains("inf"))
        }
    }

    @Test(arguments: 1...25)
    func `areas of any values stay in the box, each with an upper and a lower edge`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let series = (0..<3).map { ChartSeries(name: "s\($0)", slot: $0, values: Self.series(&random)) }
        let count = series.map(\.values.count).max() ?? 0
        let chart = StackedAreaChart(id: "c", title: "t", times: .sample(count), series: series, unit: .count)
        let found = points(chart.markup, "<path class=\"area")
        #expect(found.allSatisfy { (0...600).contains($0.x) && (0...120).contains($0.y) })
        // The upper edge of an area is drawn from left to right, and the lower edge back: each column twice.
        for mark in ["area s0\"", "area s1\"", "area s2\""] {
            let own = points(chart.markup, "<path class=\"\(mark)")
            for x in Set(own.map(\.x)) {
                let edges = own.filter { $0.x == x }.map(\.y)
                #expect(edges.count.isMultiple(of: 2), "\(mark) at \(x)")
            }
        }
        #expect(!chart.markup.contains("nan") && !chart.markup.contains("inf"))
    }

    @Test(arguments: 1...25)
    func `a line in a table stays in its row`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let series = ChartSeries(name: "s", slot: 0, values: Self.series(&random))
        let markup = Sparkline(series: series, unit: .count, title: "t").markup
        for mark in ["<path class=\"line", "<path class=\"fill"] {
            #expect(points(markup, mark).allSatisfy { (0...120).contains($0.x) && (0...24).contains($0.y) })
        }
        #expect(markup.contains("no data") == series.values.allSatisfy { $0 == nil })
    }

    /// A constant is a straight line, at the height of its value below a round top.
    @Test(arguments: [
        (0.0, ChartUnit.count, 120.0), (1, .count, 0), (3, .count, 0), (4, .count, 0), (5, .count, 20),
        (1e18, .count, 0),
        (0.01, .seconds, 0), (0.25, .seconds, 20),
    ])
    func `a constant is a straight line`(value: Double, unit: ChartUnit, height: Double) {
        let series = [ChartSeries(name: "s", slot: 0, values: [value, value, value])]
        let chart = LineChart(id: "c", title: "t", times: .sample(3), series: series, unit: unit)
        let found = points(chart.markup, "<path class=\"line")
        #expect(found.map(\.x) == [0, 300, 600])
        #expect(found.map(\.y) == [height, height, height], "\(found)")
    }

    @Test func `says in words what each line shows`() {
        func description(_ values: [Double?]) -> String? {
            let series = [ChartSeries(name: "a & b", slot: 0, values: values)]
            let chart = LineChart(
                id: "c",
                title: "t",
                times: .sample(values.count),
                series: series,
                unit: .milliseconds
            )
            return chart.markup.split(separator: "-description\">").last.map {
                String($0.prefix { $0 != "<" })
            }
        }
        #expect(description([5, 1200, 30]) == "a &amp; b: now 30 ms, highest 1.2 s at 14:00:10 UTC.")
        #expect(description([5, nil]) == "a &amp; b: now unknown, highest 5 ms at 14:00:00 UTC.")
        #expect(description([nil, .nan]) == "a &amp; b: no data.")
        #expect(
            description([7, 7, 7]) == "a &amp; b: now 7 ms, highest 7 ms at 14:00:00 UTC.",
            "the first of equal peaks"
        )
    }

    /// Just below a thousand milliseconds is a second, and not a thousand of them.
    @Test(arguments: [
        (999.4, "999 ms"), (999.5, "1 s"), (999.99, "1 s"), (1000, "1 s"), (0.4, "0.4 ms"), (0.004, "0 ms"),
        (59_400, "59 s"), (172_800_000, "2 d"), (-1500, "−1.5 s"), (1e300, "over 999T d"),
    ])
    func `writes milliseconds up to a second`(value: Double, text: String) {
        #expect(ChartUnit.milliseconds.text(value) == text)
    }
}
