/// A line the size of a word, for a row of a table.
struct Sparkline: Sendable {
    let series: ChartSeries
    let unit: ChartUnit
    /// What the values are of, such as "delivered in the last 60 minutes".
    let title: String

    private static let width = 120.0
    private static let height = 24.0
    /// Maximum number of values drawn: one per pixel.
    private static let limit = 120

    /// An `svg` element.
    var markup: String {
        var writer = MarkupWriter()
        let attributes: KeyValuePairs = [
            "class": "sparkline s\(series.slot)", "width": "120", "height": "24", "viewBox": "-1 -1 122 26",
            "preserveAspectRatio": "none", "role": "img", "aria-label": description,
        ]
        writer.element("svg", attributes) { writer in
            let stretches = points
            guard !stretches.isEmpty else { return writer.empty("path", ["class": "none", "d": "M0 24H120"]) }
            writer.empty("path", ["class": "fill", "d": Self.areas(stretches)])
            writer.empty("path", ["class": "line", "d": Self.lines(stretches)])
        }
        return writer.text
    }

    private var description: String {
        guard let peak = series.peak else { return "\(title): no data" }
        return "\(title): now \(series.latest.map(unit.text) ?? "unknown"), highest \(unit.text(peak.value))"
    }

    private var points: [[(x: Double, y: Double)]] {
        let top = max(series.peak?.value ?? 0, .leastNormalMagnitude)
        let last = Double(max(series.values.count - 1, 1))
        return Thinning.stretches(series.values, limit: Self.limit).map { stretch in
            stretch.compactMap { index in
                series.values[index].map { (Self.width * Double(index) / last, Self.height * (1 - $0 / top)) }
            }
        }
    }

    private static func lines(_ stretches: [[(x: Double, y: Double)]]) -> String {
        var path = PathText()
        for stretch in stretches {
            path.append("M")
            for point in stretch { path.point(point.x, point.y) }
            if stretch.count == 1 { path.append("h0") }
        }
        return path.text
    }

    private static func areas(_ stretches: [[(x: Double, y: Double)]]) -> String {
        var path = PathText()
        for stretch in stretches {
            guard let first = stretch.first, let last = stretch.last else { continue }
            path.append("M")
            path.point(first.x, height)
            for point in stretch { path.point(point.x, point.y) }
            path.point(last.x, height)
            path.append("z")
        }
        return path.text
    }
}
