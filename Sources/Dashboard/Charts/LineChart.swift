/// Several series over time as lines, each with a colour, a dash pattern and a marker at its end.
struct LineChart: Sendable {
    /// Unique on the page.
    let id: String
    let title: String
    let times: ChartTimes
    let series: [ChartSeries]
    let unit: ChartUnit

    /// An HTML `figure`.
    var markup: String {
        let highest = series.compactMap(\.peak?.value).max()
        let frame = PlotFrame(
            id: id,
            title: title,
            times: times,
            unit: unit,
            axis: ValueAxis(highest: highest, unit: unit)
        )
        return frame.markup(
            legend: series,
            description: frame.description(of: series),
            isEmpty: highest == nil,
            lines: { writer in for line in series { draw(line, in: frame, &writer) } },
            markers: { writer in
                for line in series {
                    guard let latest = line.latest else { continue }
                    frame.marker(line, at: line.values.count - 1, latest, &writer)
                }
            }
        )
    }

    private func draw(_ line: ChartSeries, in frame: PlotFrame, _ writer: inout MarkupWriter) {
        let path = Self.path(line.values, in: frame)
        guard !path.isEmpty else { return }
        let attributes: KeyValuePairs = [
            "class": "line s\(line.slot)", "d": path, "data-name": line.name,
            "data-values": PlotFrame.data(line.values, in: Thinning.pieces(of: line.values.count)),
        ]
        writer.empty("path", attributes)
    }

    /// Lines without a stroke between stretches; a value alone is a line without length, which round caps make a dot.
    private static func path(_ values: [Double?], in frame: PlotFrame) -> String {
        Thinning.stretches(values).map { stretch in
            let points = stretch.compactMap { index in
                values[index].map { "\(Coordinate.text(frame.x(index))) \(Coordinate.text(frame.y($0)))" }
            }
            return "M" + points.joined(separator: " ") + (points.count == 1 ? "h0" : "")
        }
        .joined()
    }
}
