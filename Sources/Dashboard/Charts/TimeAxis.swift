import Events

/// Round times along a chart.
struct TimeAxis: Sendable, Equatable {
    /// One time and where it is.
    struct Tick: Sendable, Equatable {
        /// Share of the width.
        let share: Double
        /// `14:05`, or `03-20` at midnight.
        let label: String
    }

    let ticks: [Tick]

    private static let stepSeconds: [Int64] = [
        10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
    ]

    /// At most seven round times within the chart's.
    init(_ times: ChartTimes) {
        let span = times.span.components.seconds
        guard span > 0 else {
            ticks = []
            return
        }
        let step = (Self.stepSeconds.first { span / $0 <= 6 } ?? span / 3) * 1000
        let start = times.start.milliseconds
        let end = times.time(times.count - 1).milliseconds
        var tick = start + (step - ((start % step) + step) % step) % step
        var ticks: [Tick] = []
        while tick <= end, ticks.count < 8 {
            let share = Double(tick - start) / Double(end - start)
            ticks.append(Tick(share: share, label: Self.label(Timestamp(milliseconds: tick), step: step)))
            tick += step
        }
        self.ticks = ticks
    }

    private static func label(_ time: Timestamp, step: Int64) -> String {
        let text = time.rfc3339
        if step >= 86_400_000 || time.milliseconds % 86_400_000 == 0 { return String(text.dropFirst(5).prefix(5)) }
        return String(text.dropFirst(11).prefix(step < 60_000 ? 8 : 5))
    }
}
