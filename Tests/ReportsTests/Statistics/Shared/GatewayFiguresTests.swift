import Events
import Telemetry
import TestSupport
import Testing

@testable import Reports

@Suite struct GatewayFiguresTests {
    static func part(
        accepted: Int = 0,
        delivered: Int = 0,
        backlog: Int? = nil,
        circuit: CircuitState? = nil,
        latencies: [Int: Int] = [:]
    ) -> GatewayFigures.Part {
        var part = GatewayFigures.Part()
        (part.point.accepted, part.point.delivered) = (accepted, delivered)
        (part.point.backlog, part.point.circuit) = (backlog, circuit)
        part.point.oldestAge = backlog.map { .seconds($0) }
        part.point.requests = RequestCounts(live: delivered, backfills: accepted, reads: 1)
        part.point.concurrency = circuit == nil ? nil : 4
        part.latencies = LatencyCounts.Snapshot(latencies)
        return part
    }

    static func figures(_ accepted: Int, _ providers: [ProviderName: GatewayFigures.Part]) -> GatewayFigures {
        var figures = GatewayFigures()
        figures.accepted = accepted
        figures.acceptLatencies = LatencyCounts.Snapshot(accepted > 0 ? [20: accepted] : [:])
        figures.providers = providers
        return figures
    }

    @Test func `is read as it was written`() throws {
        let figures = Self.figures(
            7,
            [
                "lago": Self.part(accepted: 7, delivered: 5, backlog: 2, circuit: .probing, latencies: [3: 1, 107: 4]),
                "a \"b\" \u{1F600}": Self.part(),
            ]
        )
        #expect(GatewayFigures(json: figures.json) == figures)
    }

    @Test(arguments: [
        "", "[]", "7", "{", #"{"accepted":-5,"providers":[{"delivered":1},{"name":"p","delivered":1e300}]}"#,
        #"{"accepted":99999999999999999999,"latencies":[500,1,-3,4,7],"providers":7}"#,
        #"{"providers":[{"name":"p","circuit":"melted","latencies":[1]}]}"#,
    ])
    func `takes nothing from text that a gateway does not write, and does not trap`(text: String) {
        let read = GatewayFigures(json: Array(text.utf8))
        guard let read else { return }
        #expect(read.accepted >= 0)
        _ = GatewayFigures.sum([read, read])
        #expect(read.providers.values.allSatisfy { $0.point.circuit == nil && $0.point.delivered <= 1 << 50 })
    }

    @Test func `adds up what gateways have counted`() {
        let (first, second) = (
            Self.figures(10, ["lago": Self.part(accepted: 10, delivered: 4, backlog: 9, circuit: .open)]),
            Self.figures(5, ["lago": Self.part(accepted: 5, backlog: 8), "polar": Self.part(delivered: 3, backlog: 1)])
        )
        let sum = GatewayFigures.sum([second, first])
        #expect(sum.whole.accepted == 15 && sum.whole.delivered == 7)
        #expect(sum.whole.backlog == 10 && sum.whole.oldestAge == .seconds(9))
        #expect(sum.providers["lago"]?.accepted == 15 && sum.providers["lago"]?.delivered == 4)
        #expect(sum.providers["lago"]?.backlog == 9, "the one that delivers knows it best")
        #expect(sum.providers["lago"]?.circuit == .open && sum.providers["lago"]?.concurrency == 4)
        #expect(sum.providers["lago"]?.requests == RequestCounts(live: 4, backfills: 15, reads: 2))
        #expect(sum.whole.p50 != nil)
    }

    @Test func `percentiles are those of all requests, not of one gateway`() {
        var (quick, slow) = (GatewayFigures(), GatewayFigures())
        quick.acceptLatencies = LatencyCounts.Snapshot([20: 99])
        slow.acceptLatencies = LatencyCounts.Snapshot([60: 1])
        let sum = GatewayFigures.sum([quick, slow]).whole
        #expect((sum.p50 ?? .seconds(9)) < .milliseconds(1))
        slow.acceptLatencies = LatencyCounts.Snapshot([60: 99])
        #expect((GatewayFigures.sum([quick, slow]).whole.p99 ?? .zero) > .milliseconds(10))
    }

    @Test func `the sum does not depend on how work is divided among gateways`() {
        var random = SeededRandom()
        for _ in 0..<20 { checkDivision(&random) }
    }

    private func checkDivision(_ random: inout SeededRandom) {
        var (parts, all) = ([GatewayFigures(), GatewayFigures(), GatewayFigures()], GatewayFigures())
        let names: [ProviderName] = ["a", "b"]
        for _ in 0..<50 {
            let (name, bucket) = (names[Int.random(in: 0..<2, using: &random)], Int.random(in: 0..<108, using: &random))
            var one = GatewayFigures()
            one.accepted = 1
            one.providers[name] = Self.part(accepted: 1, delivered: 1, latencies: [bucket: 1])
            let index = Int.random(in: 0..<3, using: &random)
            parts[index] = Self.merged(parts[index], one)
            all = Self.merged(all, one)
        }
        let (split, whole) = (GatewayFigures.sum(parts.shuffled(using: &random)), GatewayFigures.sum([all]))
        #expect(split.whole == whole.whole && split.providers == whole.providers, "seed \(SeededRandom.seed)")
    }

    private static func merged(_ first: GatewayFigures, _ second: GatewayFigures) -> GatewayFigures {
        var merged = first
        merged.accepted += second.accepted
        for (name, part) in second.providers {
            var known = merged.providers[name] ?? GatewayFigures.Part()
            known.point.accepted += part.point.accepted
            known.point.delivered += part.point.delivered
            known.latencies.add(part.latencies)
            merged.providers[name] = known
        }
        return merged
    }
}
