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
            var highest: (index: Int, total: Double)?
            for index in piece {
                guard let total = total(index), total > highest?.total ?? -1 else { continue }
                highest = (index, total)
            }
            return highest.map { Column(index: $0.index, edges: edges($0.index)) }
        }
    }

    /// Nil if nothing was measured. No value is negative.
    private func total(_ index: Int) -> Double? {
        var total: Double?
        for line in series where index < line.values.count {
            if let value = line.values[index] { total = (total ?? 0) + value }
        }
        return total
    }

    private func edges(_ index: Int) -> [Double] {
        var sum = 0.0
        return series.map { line in
            sum += (index < line.values.count ? line.values[index] : nil) ?? 0
            return sum
        }
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
