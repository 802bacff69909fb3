import Events
import Parity

/// Differences by the day of the events, as comparisons found them: a chart and a table.
struct DaysCompared: Sendable {
    let providers: [String]
    let rows: [Row]
    let chartMarkup: String
    /// Whether a comparison tells of any of the days.
    let hasRows: Bool

    /// One day.
    struct Row: Sendable {
        let day: String
        let cells: [Cell]
    }

    /// One provider on the day.
    struct Cell: Sendable {
        let style: String
        let text: String
        /// The findings; nil if the day was not compared.
        let cellHref: String?
        /// What the text does not say; nil if it says all.
        let note: String?
    }

    init(_ days: ParityDays) {
        providers = days.providers.map(\.rawValue)
        let compared = days.days.filter { $0.cells.contains { $0.run != nil } }
        rows = compared.map { Row(day: String($0.start.rfc3339.prefix(10)), cells: $0.cells.map(Self.cell)) }
        hasRows = !rows.isEmpty
        chartMarkup = hasRows ? Self.chart(days) : ""
    }

    private static func cell(_ cell: ParityDays.Cell) -> Cell {
        guard let run = cell.run else {
            return Cell(style: "unknown", text: "not compared", cellHref: nil, note: nil)
        }
        let provider = ("provider", Optional(cell.provider.rawValue))
        let href = PageLink.address("/dashboard/migration/runs/\(run)", [provider]) + "#findings"
        var notes: [String] = []
        if cell.accepted > 0 { notes.append("\(PlainNumbers.count(cell.accepted)) accepted") }
        if !cell.isWhole { notes.append("a part of the day") }
        let note = notes.isEmpty ? nil : notes.joined(separator: ", ")
        if cell.open > 0 {
            let text = PlainNumbers.count(cell.open, of: "difference")
            return Cell(style: "bad", text: text, cellHref: href, note: note)
        }
        return cell.isUnreadable
            ? Cell(style: "warn", text: "incomplete", cellHref: href, note: note)
            : Cell(style: "ok", text: "equal", cellHref: href, note: note)
    }

    private static func chart(_ days: ParityDays) -> String {
        let all = days.days.reversed()
        guard let oldest = all.first else { return "" }
        let series = days.providers.enumerated().map { index, provider in
            ChartSeries(
                name: provider.rawValue,
                slot: index,
                values: all.map { day in
                    let cell = day.cells[index]
                    // What could not be compared is a gap, and not a day without differences.
                    return cell.run == nil || (cell.isUnreadable && cell.open == 0) ? nil : Double(cell.open)
                }
            )
        }
        return LineChart(
            id: "differences",
            title: "Differences that nobody has accepted, by the day of the events",
            times: ChartTimes(start: oldest.start, step: .seconds(86_400), count: days.days.count),
            series: series,
            unit: .count
        )
        .markup
    }
}
