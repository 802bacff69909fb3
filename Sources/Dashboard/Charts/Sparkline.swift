/// A line the size of a word, for a row of a table.
struct Sparkline: Sendable {
    let series: ChartSeries
    let unit: ChartUnit
    /// What the values are of, such as "delivered in the last 60 minutes".
    let title: String

    private static let width = 120.0
    private static let height = 24.0

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
            writer.empty("path", ["class": "fill", "d": stretches.map(Self.area).joined()])
            writer.empty("path", ["class": "line", "d": stretches.map(Self.line).joined()])
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
        return Thinning.stretches(series.values).map { stretch in
            stretch.compactMap { index in
                series.values[index].map { (Self.width * Double(index) / last, Self.height * (1 - $0 / top)) }
            }
        }
    }

    private static func text(_ points: [(x: Double, y: Double)]) -> String {
        points.map { "\(Coordinate.text($0.x)) \(Coordinate.text($0.y))" }.joined(separator: " ")
    }

    private static func line(_ points: [(x: Double, y: Double)]) -> String {
        "M" + text(points) + (points.count == 1 ? "h0" : "")
    }

    private static func area(_ points: [(x: Double, y: Double)]) -> String {
        guard let first = points.first, let last = points.last else { return "" }
        return "M" + text([(first.x, height)] + points + [(last.x, height)]) + "z"
    }
}
