import Events
import Testing

@testable import Dashboard

@Suite struct ProviderPageTests {
    @Test func `shows how long requests took, by doublings`() {
        let rows = LatencyRow.rows([(.microseconds(563), 1), (.milliseconds(2), 0), (.milliseconds(4), 3)])
        #expect(rows.map(\.below) == ["563 µs", "2 ms", "4 ms"])
        #expect(rows.map(\.percent) == [25, 0, 75] && rows.map(\.requests) == ["1", "0", "3"])
        #expect(LatencyRow.rows([]).isEmpty && LatencyRow.rows([(.seconds(1), 0)])[0].percent == 0)
    }

    @Test func `shows how many events a request carries`() {
        func texts(_ size: Double?) -> [String] {
            let facts = ProviderFacts(
                name: "lago",
                adapter: "lago",
                pipeline: ProviderFacts.Pipeline(circuit: "closed", eventsPerRequest: size),
                backlog: nil,
                slot: 0
            )
            return ProviderPage(facts, nil, mayAct: false, at: SamplePages.now).counts.map { "\($0.label) \($0.text)" }
        }
        #expect(texts(48.25) == ["Events per request 48.3"])
        #expect(texts(nil).isEmpty)
    }
}
