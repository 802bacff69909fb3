import Events
import Journal
import Reports
import Synchronization
import Testing

@testable import Gateway

/// How a gateway leaves its statistics in the journal, and reads those of all.
@Suite struct FiguresExchangeTests {
    /// A journal of statistics in memory, which fails when it is told to.
    private final class Figures: FiguresKeeping {
        struct State {
            var rows: [KeptFigures] = []
            var reads: [(seconds: Int, from: Timestamp, limit: Int)] = []
            var removed: [(seconds: Int, before: Timestamp)] = []
            var fails = false
        }

        let state = Mutex(State())

        private func failing() throws(StoreError) {
            if state.withLock({ $0.fails }) { throw .unreachable(reason: "x", retryAfter: .zero) }
        }

        func keep(_ figures: [StepFigures]) async throws(StoreError) {
            try failing()
            state.withLock { state in
                state.rows += figures.map { KeptFigures(gateway: 1, gatewayName: "g1", figures: $0) }
            }
        }

        func figures(ofSteps seconds: Int, from start: Timestamp, limit: Int) async throws(StoreError) -> [KeptFigures]
        {
            try failing()
            return state.withLock { state in
                state.reads.append((seconds, start, limit))
                let rows = state.rows.filter { $0.figures.seconds == seconds && $0.figures.start >= start }
                return Array(rows.sorted { $0.figures.start < $1.figures.start }.prefix(limit))
            }
        }

        func removeFigures(ofSteps seconds: Int, before start: Timestamp) async throws(StoreError) {
            try failing()
            state.withLock { $0.removed.append((seconds, start)) }
        }
    }

    private let clock = SetClock(Timestamp(milliseconds: 1_800_000_000_000))
    private let kept = Figures()

    private func exchange() -> FiguresExchange {
        FiguresExchange(statistics: SharedStatistics(clock: clock), keeping: kept, clock: clock)
    }

    private func row(_ gateway: Int64, _ start: Timestamp, accepted: Int) -> KeptFigures {
        var figures = GatewayFigures()
        figures.accepted = accepted
        let step = StepFigures(seconds: 10, start: start, content: figures.json)
        return KeptFigures(gateway: gateway, gatewayName: "g\(gateway)", figures: step)
    }

    private func accepted(_ exchange: FiguresExchange, _ count: Int) -> [Int?] {
        exchange.statistics.statistics(StatisticsQuery(.tenSeconds, count: count)).whole?.map { $0?.accepted } ?? []
    }

    @Test func `leaves each step once`() async throws {
        let exchange = exchange()
        var sample = StatisticsSample()
        sample.accepted = 4
        exchange.statistics.add(sample)
        clock.advance(.seconds(10))
        exchange.statistics.add(sample)
        try await exchange.exchange(isWhole: false)
        try await exchange.exchange(isWhole: false)
        #expect(kept.state.withLock { $0.rows.map(\.figures.seconds) } == [10])
        #expect(exchange.statistics.unsent.isEmpty)
        clock.advance(.seconds(12))
        #expect(accepted(exchange, 1) == [4])
    }

    @Test(arguments: [FiguresExchange.page, 2 * FiguresExchange.page, 2500])
    func `reads on behind a step that fills a page by itself`(gateways: Int) async throws {
        let (first, next) = (clock.now + .seconds(-100), clock.now + .seconds(-90))
        let rows = (1...Int64(gateways)).map { row($0, first, accepted: 1) } + [row(1, next, accepted: 7)]
        kept.state.withLock { $0.rows = rows }
        let exchange = exchange()
        try await exchange.exchange(isWhole: false)
        #expect(accepted(exchange, 12).compactMap(\.self) == [gateways, 7])
    }

    @Test func `keeps what it could not send`() async throws {
        let exchange = exchange()
        exchange.statistics.add(StatisticsSample())
        clock.advance(.seconds(10))
        exchange.statistics.add(StatisticsSample())
        kept.state.withLock { $0.fails = true }
        await #expect(throws: StoreError.unreachable(reason: "x", retryAfter: .zero)) {
            try await exchange.exchange(isWhole: true)
        }
        #expect(exchange.statistics.unsent.count == 1)
        kept.state.withLock { $0.fails = false }
        try await exchange.exchange(isWhole: true)
        #expect(exchange.statistics.unsent.isEmpty && kept.state.withLock { $0.rows.count } == 1)
    }

    @Test func `reads the newest two minutes, and from time to time all that is kept`() async throws {
        let exchange = exchange()
        try await exchange.exchange(isWhole: false)
        let newest = kept.state.withLock { $0.reads.map { "\($0.seconds) \(clock.now - $0.from) \($0.limit)" } }
        #expect(newest == ["10 120.0 seconds 1000", "60 720.0 seconds 1000"])
        #expect(kept.state.withLock { $0.removed.isEmpty })
        try await exchange.exchange(isWhole: true)
        let whole = kept.state.withLock { $0.reads.dropFirst(2).map { "\($0.seconds) \(clock.now - $0.from)" } }
        #expect(whole == ["10 7200.0 seconds", "60 172800.0 seconds"])
        let removed = kept.state.withLock { $0.removed.map { "\($0.seconds) \(clock.now - $0.before)" } }
        #expect(removed == whole)
    }

    /// Of a step that is on two pages all rows count, and none twice.
    @Test func `adds up steps of many gateways over the ends of pages`() async throws {
        let start = clock.now + .seconds(-7000)
        var rows: [KeptFigures] = []
        for step in 0..<700 {
            let time = start + .seconds(step * 10)
            rows += [row(1, time, accepted: 1), row(2, time, accepted: 2), row(3, time, accepted: 3)]
        }
        kept.state.withLock { [rows] in $0.rows = rows }
        let exchange = exchange()
        try await exchange.exchange(isWhole: true)
        let found = accepted(exchange, 690)
        #expect(found.compactMap(\.self).allSatisfy { $0 == 6 } && found.compactMap(\.self).count >= 680)
        #expect(kept.state.withLock { $0.reads.filter { $0.seconds == 10 }.count } == 3)
    }

    @Test func `counts all rows of a step that is longer than a page`() async throws {
        let start = clock.now + .seconds(-100)
        let rows = (1...1500).map { row(Int64($0), start, accepted: 1) }
        kept.state.withLock { $0.rows = rows }
        let exchange = exchange()
        try await exchange.exchange(isWhole: false)
        #expect(kept.state.withLock { $0.reads.filter { $0.seconds == 10 }.count } == 2)
        #expect(accepted(exchange, 12).compactMap(\.self) == [1500])
    }
}
