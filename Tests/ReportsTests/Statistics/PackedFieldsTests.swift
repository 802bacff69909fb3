import Events
import Journal
import Testing

@testable import Reports

/// What a step keeps of each figure, and what it keeps of those that are not known.
@Suite struct PackedFieldsTests {
    private func point(_ change: (inout StatisticsPoint) -> Void) -> StatisticsPoint {
        var point = StatisticsPoint()
        change(&point)
        return point
    }

    private func packed(_ points: StatisticsPoint...) -> StatisticsPoint? {
        var packed = PackedPoint.empty
        for point in points { packed.add(point) }
        return packed.point
    }

    @Test func `is nothing before the first point, and zero after one without anything`() {
        #expect(packed() == nil)
        #expect(packed(StatisticsPoint()) == StatisticsPoint())
    }

    @Test func `adds counts, and keeps the newest of everything else`() {
        let first = point {
            ($0.accepted, $0.delivered, $0.retried, $0.rejected, $0.uncertain) = (1, 2, 3, 4, 5)
            ($0.backlog, $0.oldestAge, $0.concurrency) = (7, .seconds(9), 8)
            ($0.p50, $0.p99, $0.circuit) = (.milliseconds(1), .milliseconds(2), .held)
            $0.requests = RequestCounts(live: 6, backfills: 7, reads: 8)
        }
        #expect(packed(first) == first)
        let second = point {
            ($0.accepted, $0.delivered, $0.retried, $0.rejected, $0.uncertain) = (10, 20, 30, 40, 50)
            ($0.p99, $0.circuit) = (.microseconds(1500), .closed)
        }
        let both = packed(first, second)
        #expect(both?.accepted == 11 && both?.delivered == 22 && both?.retried == 33 && both?.rejected == 44)
        #expect(both?.uncertain == 55 && both?.requests == RequestCounts(live: 6, backfills: 7, reads: 8))
        #expect(both?.backlog == nil && both?.oldestAge == nil && both?.concurrency == nil && both?.p50 == nil)
        #expect(both?.p99 == .microseconds(1500) && both?.circuit == .held, "the worst state of the step")
    }

    @Test(arguments: CircuitState.allCases, CircuitState.allCases)
    func `keeps the state that overrides the other`(one: CircuitState, other: CircuitState) {
        let order: [CircuitState] = [.closed, .probing, .open, .parked, .held]
        let expected = order.last { $0 == one || $0 == other }
        #expect(packed(point { $0.circuit = one }, point { $0.circuit = other })?.circuit == expected)
        #expect(max(one, other) == expected && CircuitState(rank: one.rank) == one)
    }

    @Test(arguments: [Int.min, -1, 5, .max])
    func `no state has another rank`(rank: Int) {
        #expect(CircuitState(rank: rank) == nil)
    }

    /// What a damaged counter, or one that was never read, may say.
    @Test func `takes numbers of any size`() {
        let large = point {
            ($0.accepted, $0.delivered, $0.backlog, $0.concurrency) = (.max, .max, .max, .max)
            ($0.oldestAge, $0.p50, $0.p99) = (.seconds(Int64.max), .seconds(Int64.max), .seconds(Int64.max))
        }
        let kept = packed(large)
        #expect(kept?.concurrency == Int(Int32.max) && kept?.backlog == .max)
        #expect(kept?.oldestAge == .milliseconds(Int64.max) && kept?.p99 == .microseconds(Int64.max))
    }

    @Test func `figures of a step are of as many providers as are shown`() {
        var figures = GatewayFigures()
        for number in 1000..<1000 + StatisticsRing.mostProviders + 3 {
            figures.providers[ProviderName("p\(number)")] = GatewayFiguresTests.part(accepted: 1, backlog: 0)
        }
        var history = FiguresHistory()
        let start = Timestamp(milliseconds: 1_800_000_000_000)
        history.put(own: StepFigures(seconds: 10, start: start, content: figures.json))
        let report = history.report(StatisticsQuery(.tenSeconds, count: 1), at: start + .seconds(22))
        #expect(report.providers.count == StatisticsRing.mostProviders && report.providers.first?.provider == "p1000")
    }

    @Test func `figures that no gateway can have left are passed over`() {
        let (start, content) = (Timestamp(milliseconds: 1_800_000_000_000), GatewayFigures().json)
        func row(_ start: Timestamp, _ content: [UInt8]) -> KeptFigures {
            KeptFigures(gateway: 1, gatewayName: "g", figures: StepFigures(seconds: 10, start: start, content: content))
        }
        var history = FiguresHistory()
        history.put(
            [row(Timestamp(milliseconds: -1), content), row(Timestamp(milliseconds: .min), content)],
            of: .tenSeconds
        )
        history.put(own: StepFigures(seconds: 7, start: start, content: content))
        history.put(own: StepFigures(seconds: 10, start: start, content: Array("no figures".utf8)))
        let empty = history.report(StatisticsQuery(.tenSeconds, count: 2), at: start + .seconds(22))
        #expect(empty.whole == [nil, nil] && empty.gateways == [] && empty.since == start + .seconds(22))
        // What cannot be read counts as nothing of a gateway that was there.
        history.put([row(start, Array("no figures".utf8))], of: .tenSeconds)
        let read = history.report(StatisticsQuery(.tenSeconds, count: 1), at: start + .seconds(22))
        #expect(read.gateways?.map(\.name) == ["g"] && read.whole?.map { $0?.accepted } == [0])
    }
}
