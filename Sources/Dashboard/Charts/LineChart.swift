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
        var path = PathText()
        for stretch in Thinning.stretches(values) {
            path.append("M")
            for index in stretch {
                if let value = values[index] { path.point(frame.x(index), frame.y(value)) }
            }
            if stretch.count == 1 { path.append("h0") }
        }
        return path.text
    }
}
