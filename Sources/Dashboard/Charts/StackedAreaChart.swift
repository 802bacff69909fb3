/// Parts of a total over time, such as the backlog of each provider, one above the other.
struct StackedAreaChart: Sendable {
    /// Unique on the page.
    let id: String
    let title: String
    let times: ChartTimes
    /// From the bottom up.
    let series: [ChartSeries]
    let unit: ChartUnit

    /// One step as it is drawn.
    private struct Column: Equatable {
        let index: Int
        /// The upper edge of each series.
        let edges: [Double]
    }

    /// An HTML `figure`.
    var markup: String {
        let columns = columns
        let highest = columns.compactMap { $0?.edges.last }.max()
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
            lines: { writer in
                for number in series.indices { draw(number, columns, in: frame, &writer) }
            }
        )
    }

    /// Of each piece the step with the highest total; nil in a gap, in which nothing was measured.
    private var columns: [Column?] {
        let count = series.map(\.values.count).max() ?? 0
        return Thinning.columns(of: count).map { piece in
            piece.compactMap(column).max { ($0.edges.last ?? 0) < ($1.edges.last ?? 0) }
        }
    }

    private func column(_ index: Int) -> Column? {
        let values = series.map { $0.values.indices.contains(index) ? $0.values[index] : nil }
        guard values.contains(where: { $0 != nil }) else { return nil }
        var sum = 0.0
        let edges = values.map { value in
            sum += value ?? 0
            return sum
        }
        return Column(index: index, edges: edges)
    }

    private func draw(_ number: Int, _ columns: [Column?], in frame: PlotFrame, _ writer: inout MarkupWriter) {
        var path = PathText()
        for stretch in columns.split(whereSeparator: { $0 == nil }) {
            path.append("M")
            for case let column? in stretch { path.point(frame.x(column.index), frame.y(column.edges[number])) }
            for case let column? in stretch.reversed() {
                path.point(frame.x(column.index), frame.y(number > 0 ? column.edges[number - 1] : 0))
            }
            path.append("z")
        }
        guard !path.isEmpty else { return }
        let values = series[number].values
        let attributes: KeyValuePairs = [
            "class": "area s\(series[number].slot)", "d": path.text, "data-name": series[number].name,
            "data-values": PlotFrame.data(values, in: Thinning.columns(of: values.count)),
        ]
        writer.empty("path", attributes)
    }
}
