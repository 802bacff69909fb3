import Events
import Journal
import Migration

/// What each side of a migration got per day.
struct MoveDays: Sendable {
    let from: String
    let to: String
    let rows: [Row]
    let chartMarkup: String
    /// How many older days are not counted yet; nil if all are.
    let uncounted: String?

    /// One day.
    struct Row: Sendable {
        let day: String
        let from: Side
        let to: Side
    }

    /// Deliveries to one provider.
    struct Side: Sendable {
        let delivered: String
        let waiting: String
        /// Rejected, with unknown outcome, or discarded.
        let failed: String
        let hasFailed: Bool
        let backfilled: String

        init(_ counts: LedgerCounts.Counts) {
            delivered = PlainNumbers.count(counts.delivered)
            waiting = PlainNumbers.count(counts.waiting)
            let failures = PlainNumbers.sum([counts.rejected, counts.uncertain, counts.discarded])
            failed = PlainNumbers.count(failures)
            hasFailed = failures > 0
            backfilled = PlainNumbers.count(counts.byLane)
        }
    }

    init(_ days: MigrationDays) {
        from = days.from.rawValue
        to = days.to.rawValue
        rows = days.days.map { day in
            Row(day: String(day.start.rfc3339.prefix(10)), from: Side(day.from), to: Side(day.to))
        }
        chartMarkup = Self.chart(days)
        uncounted = days.uncounted > 0 ? PlainNumbers.count(days.uncounted, of: "older day") : nil
    }

    /// A line needs two days.
    private static func chart(_ days: MigrationDays) -> String {
        guard days.days.count > 1, let oldest = days.days.last else { return "" }
        let all = days.days.reversed()
        return LineChart(
            id: "days-chart",
            title: "Delivered, by the day of the events",
            times: ChartTimes(start: oldest.start, step: MigrationDays.length, count: days.days.count),
            series: [
                ChartSeries(name: days.from.rawValue, slot: 0, values: all.map { Double($0.from.delivered) }),
                ChartSeries(name: days.to.rawValue, slot: 1, values: all.map { Double($0.to.delivered) }),
            ],
            unit: .count
        )
        .markup
    }
}
