import Events
import Journal
import Testing

@testable import Reports

@Suite struct FiguresHistoryTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    private static func row(
        _ gateway: Int64,
        _ start: Timestamp,
        accepted: Int,
        seconds: Int = 10
    ) -> KeptFigures {
        let figures = GatewayFiguresTests.figures(
            accepted,
            ["lago": GatewayFiguresTests.part(accepted: accepted, backlog: 1)]
        )
        return KeptFigures(
            gateway: gateway,
            gatewayName: "g\(gateway % 10)",
            figures: StepFigures(seconds: seconds, start: start, content: figures.json)
        )
    }

    private func accepted(_ history: FiguresHistory, _ count: Int = 4, at now: Timestamp = now) -> [Int?] {
        history.report(StatisticsQuery(.tenSeconds, count: count), at: now).whole?.map { $0?.accepted } ?? []
    }

    @Test func `adds up steps of all gateways, and shows those for which all had time to report`() {
        var history = FiguresHistory()
        let start = Self.now + .seconds(-40)
        history.put([Self.row(1, start, accepted: 3), Self.row(2, start, accepted: 4)], of: .tenSeconds)
        history.put([Self.row(2, start + .seconds(20), accepted: 5)], of: .tenSeconds)
        let report = history.report(StatisticsQuery(.tenSeconds, count: 4), at: Self.now + .seconds(2))
        #expect(report.from == Self.now + .seconds(-50) && report.since == start)
        #expect(report.whole?.map { $0?.accepted } == [nil, 7, nil, 5])
        #expect(report.providers.map(\.provider) == ["lago"])
        #expect(report.providers[0].points.map { $0?.backlog } == [nil, 1, nil, 1])
        #expect(accepted(history, 1, at: Self.now + .seconds(1)) == [nil], "not 12 s after its end")
        #expect(accepted(history, 1, at: Self.now + .seconds(2)) == [5])
    }

    @Test func `takes figures of a step again, when those of another gateway have come`() {
        var history = FiguresHistory()
        let start = Self.now + .seconds(-30)
        history.put(own: Self.row(1, start, accepted: 3).figures)
        #expect(accepted(history, 1, at: Self.now + .seconds(-9)) == [nil])
        #expect(accepted(history, 1, at: Self.now + .seconds(-8)) == [3])
        history.put([Self.row(1, start, accepted: 3), Self.row(2, start, accepted: 4)], of: .tenSeconds)
        #expect(accepted(history, 1, at: Self.now + .seconds(-8)) == [7])
        history.put(own: Self.row(1, start, accepted: 9).figures)
        #expect(accepted(history, 1, at: Self.now + .seconds(-8)) == [7], "the journal knows better")
    }

    @Test func `names a gateway that does not report, and forgets one that has gone`() {
        var history = FiguresHistory()
        history.put([Self.row(1, Self.now + .seconds(-60), accepted: 1)], of: .tenSeconds)
        history.put([Self.row(2, Self.now + .seconds(-20), accepted: 1)], of: .tenSeconds)
        let gateways = history.report(StatisticsQuery(.tenSeconds, count: 1), at: Self.now).gateways
        #expect(gateways?.map(\.name) == ["g1", "g2"] && gateways?.map(\.isSilent) == [true, false])
        // The same gateway after a restart.
        history.put([Self.row(11, Self.now + .seconds(-20), accepted: 1)], of: .tenSeconds)
        let again = history.report(StatisticsQuery(.tenSeconds, count: 1), at: Self.now).gateways
        #expect(again?.map(\.name) == ["g1", "g2"] && again?.map(\.isSilent) == [false, false])
        history.forget(at: Self.now + .seconds(660))
        #expect(history.report(StatisticsQuery(.tenSeconds, count: 1), at: Self.now).gateways?.isEmpty == true)
    }

    @Test func `forgets steps that nobody can ask for`() {
        var history = FiguresHistory()
        history.put([Self.row(1, Self.now + .seconds(-7300), accepted: 1)], of: .tenSeconds)
        history.put([Self.row(1, Self.now + .seconds(-7080), accepted: 2)], of: .tenSeconds)
        history.forget(at: Self.now)
        #expect(
            history.report(StatisticsQuery(.tenSeconds, count: 9), at: Self.now).since == Self.now + .seconds(-7080)
        )
    }
}
