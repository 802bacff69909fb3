import Events

/// The times of a chart's values: equal steps, oldest first.
struct ChartTimes: Sendable, Equatable {
    /// Of the first value.
    let start: Timestamp
    let step: Duration
    /// Maximum number of values of a series.
    let count: Int

    /// When a value was measured.
    func time(_ index: Int) -> Timestamp {
        start + step * min(max(index, 0), max(count - 1, 0))
    }

    /// From the first value to the last.
    var span: Duration { count > 1 ? step * (count - 1) : .zero }

    /// Where a value is drawn, as a share of the width. One alone is drawn at the right edge, where the newest is.
    func share(_ index: Int) -> Double {
        count > 1 ? Double(index) / Double(count - 1) : 1
    }
}

/// One line of a chart.
struct ChartSeries: Sendable, Equatable {
    let name: String
    /// Which of the eight colours, dashes and markers it has. A provider keeps its slot on all pages.
    let slot: Int
    /// One per step; nil: not measured, which is drawn as a gap.
    let values: [Double?]

    /// - Parameter slot: any number; those from 8 on begin again at 0.
    init(name: String, slot: Int, values: [Double?]) {
        self.name = name
        self.slot = ((slot % SeriesMarker.count) + SeriesMarker.count) % SeriesMarker.count
        // What is not a number was not measured. Neither rates nor backlogs fall below zero.
        self.values = values.map { value in value.flatMap { $0.isFinite ? min(max($0, 0), 1e18) : nil } }
    }

    /// The newest value; nil if the newest step was not measured.
    var latest: Double? { values.last ?? nil }

    /// The highest value and its index; nil if nothing was measured.
    var peak: (index: Int, value: Double)? {
        var peak: (index: Int, value: Double)?
        for (index, value) in values.enumerated() {
            if let value, value > peak?.value ?? -1 { peak = (index, value) }
        }
        return peak
    }
}
