import Events
import Journal
import Synchronization
import Telemetry
import Testing

@testable import Reports

@Suite struct FiguresCollectorTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    private static func sample(_ accepted: Int, circuit: CircuitState = .closed) -> StatisticsSample {
        var sample = StatisticsSample()
        sample.accepted = accepted
        sample.acceptLatencies = LatencyCounts.Snapshot([10: accepted])
        var counters = StatisticsSample.Counters()
        (counters.accepted, counters.delivered) = (accepted, accepted / 2)
        (counters.circuit, counters.backlog) = (circuit, accepted - accepted / 2)
        sample.providers["lago"] = counters
        return sample
    }

    private static func figures(_ step: StepFigures) -> GatewayFigures {
        GatewayFigures(json: step.content) ?? GatewayFigures()
    }

    @Test func `divides time at the same places at all gateways, and loses nothing that was counted`() {
        var collector = FiguresCollector(at: Self.start + .milliseconds(3_500))
        var over: [StepFigures] = []
        for second in 4...130 {
            over += collector.add(Self.sample(second * 10), at: Self.start + .milliseconds(Int64(second) * 1000 + 200))
        }
        let tens = over.filter { $0.seconds == 10 }
        #expect(tens.map(\.start) == (0..<13).map { Self.start + .seconds($0 * 10) })
        #expect(tens.map { Self.figures($0).accepted } == [90] + Array(repeating: 100, count: 12))
        #expect(tens.map { Self.figures($0).acceptLatencies.total } == [90] + Array(repeating: 100, count: 12))
        #expect(Self.figures(tens[2]).providers["lago"]?.point.delivered == 50)
        let minutes = over.filter { $0.seconds == 60 }
        #expect(minutes.map { Self.figures($0).accepted } == [590, 600])
        #expect(minutes.map(\.start) == [Self.start, Self.start + .seconds(60)])
    }

    @Test func `keeps the state that kept calls away most`() {
        var collector = FiguresCollector(at: Self.start)
        _ = collector.add(Self.sample(1), at: Self.start + .seconds(1))
        _ = collector.add(Self.sample(2, circuit: .open), at: Self.start + .seconds(2))
        _ = collector.add(Self.sample(3), at: Self.start + .seconds(3))
        let over = collector.add(Self.sample(4), at: Self.start + .seconds(10))
        #expect(over.count == 1 && Self.figures(over[0]).providers["lago"]?.point.circuit == .open)
        let next = collector.add(Self.sample(5), at: Self.start + .seconds(20))
        #expect(Self.figures(next[0]).providers["lago"]?.point.circuit == .closed)
    }

    @Test func `goes on when the clock is set back or jumps, and when counters begin again`() {
        var collector = FiguresCollector(at: Self.start)
        _ = collector.add(Self.sample(10), at: Self.start + .seconds(5))
        let back = collector.add(Self.sample(20), at: Self.start + .seconds(-100))
        #expect(back.filter { $0.seconds == 10 }.map { Self.figures($0).accepted } == [10])
        let ahead = collector.add(Self.sample(30), at: Self.start + .seconds(3600))
        #expect(ahead.filter { $0.seconds == 10 }.map { Self.figures($0).accepted } == [10])
        let again = collector.add(Self.sample(4), at: Self.start + .seconds(3610))
        #expect(again.filter { $0.seconds == 10 }.map { Self.figures($0).accepted } == [10])
        let last = collector.add(Self.sample(5), at: Self.start + .seconds(3620))
        #expect(last.filter { $0.seconds == 10 }.map { Self.figures($0).accepted } == [4])
    }

    @Test func `tells what steps have that are not over when the gateway ends`() {
        var collector = FiguresCollector(at: Self.start)
        _ = collector.add(Self.sample(10), at: Self.start + .seconds(5))
        let last = collector.finish()
        #expect(last.map(\.seconds) == [10, 60] && last.map { Self.figures($0).accepted } == [10, 10])
        #expect(collector.finish().map { Self.figures($0).accepted } == [0, 0])
    }

    @Test func `what cannot be sent waits, and counts at this gateway meanwhile`() {
        let clock = SettableClock(Self.start)
        let statistics = SharedStatistics(clock: clock)
        for second in 1...12 {
            clock.now = Self.start + .seconds(second)
            statistics.add(Self.sample(second))
        }
        let unsent = statistics.unsent
        #expect(unsent.map(\.seconds) == [10])
        clock.now = Self.start + .seconds(23)
        let report = statistics.statistics(StatisticsQuery(.tenSeconds, count: 1))
        #expect(report.whole?.map { $0?.accepted } == [9])
        statistics.sent(unsent)
        #expect(statistics.unsent.isEmpty)
    }
}

/// A clock that tests set.
private final class SettableClock: WallClock {
    private let time: Mutex<Timestamp>

    init(_ now: Timestamp) { time = Mutex(now) }

    var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}
