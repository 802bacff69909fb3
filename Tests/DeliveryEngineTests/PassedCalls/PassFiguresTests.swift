import Testing

@testable import DeliveryEngine

@Suite struct PassFiguresTests {
    @Test func `counts calls, errors and refusals`() {
        var figures = PassFigures()
        figures.answered(status: 200, after: .milliseconds(10))
        figures.answered(status: 404, after: .milliseconds(10))
        figures.answered(status: 500, after: .milliseconds(10))
        figures.failed(.unknown(isTimeout: true))
        figures.failed(.credential(status: 401, reason: ""))
        figures.failed(.clientGone)
        figures.failed(.rateLimited)
        figures.failed(.resting(.seconds(1)))
        figures.brokeOff()
        #expect(figures.requests == 6 && figures.errors == 4 && figures.refused == 2)
    }

    @Test func `knows the latencies of the newest calls`() {
        var figures = PassFigures()
        #expect(figures.latency(percentile: 50) == nil)
        for _ in 0..<1_000 { figures.answered(status: 200, after: .seconds(9)) }
        for number in 1...256 { figures.answered(status: 200, after: .milliseconds(number)) }
        #expect(figures.latency(percentile: 50) == .milliseconds(129))
        #expect(figures.latency(percentile: 99) == .milliseconds(254))
        #expect(figures.latency(percentile: 100) == .milliseconds(256))
    }
}
