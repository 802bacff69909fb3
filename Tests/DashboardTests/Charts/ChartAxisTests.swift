import Events
import Testing

@testable import Dashboard

@Suite struct ChartAxisTests {
    @Test(arguments: [
        (nil, ChartUnit.perSecond, [0, 1]), (0, .count, [0, 1]), (1, .count, [0, 1]), (3, .count, [0, 1, 2, 3]),
        (7, .count, [0, 5, 10]), (130, .perSecond, [0, 50, 100, 150]), (960_000, .count, [0, 500_000, 1_000_000]),
    ])
    func `scales to a round number above the highest value`(highest: Double?, unit: ChartUnit, ticks: [Double]) {
        #expect(ValueAxis(highest: highest, unit: unit).ticks == ticks)
    }

    @Test(arguments: [0.001, 0.03, 0.4, 1e18, Double.infinity])
    func `has room for any value`(highest: Double) {
        let axis = ValueAxis(highest: highest, unit: .milliseconds)
        #expect(axis.top >= min(highest, 1e18))
        #expect(axis.lines <= 3)
    }

    @Test func `names round times`() {
        let hour = TimeAxis(
            ChartTimes(start: Timestamp(milliseconds: 1_710_943_330_000), step: .seconds(10), count: 361)
        )
        #expect(hour.ticks.map(\.label) == ["14:10", "14:20", "14:30", "14:40", "14:50", "15:00"])
        #expect(hour.ticks.first?.share == 470.0 / 3600)
        let days = TimeAxis(
            ChartTimes(start: Timestamp(milliseconds: 1_710_943_330_000), step: .seconds(60), count: 2881)
        )
        #expect(days.ticks.map(\.label) == ["03-21", "12:00", "03-22", "12:00"])
        let before1970 = TimeAxis(ChartTimes(start: Timestamp(milliseconds: -90_000), step: .seconds(1), count: 61))
        #expect(before1970.ticks.first?.label == "23:58:30")
    }

    @Test(arguments: [0, 1]) func `names no times without a span`(count: Int) {
        #expect(TimeAxis(.sample(count)).ticks.isEmpty)
    }
}
