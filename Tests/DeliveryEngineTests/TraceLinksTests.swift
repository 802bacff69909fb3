import Events
import Telemetry
import Testing

@testable import DeliveryEngine

@Suite struct TraceLinksTests {
    private let first = TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    private let second = TraceContext("00-11112f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

    @Test func `knows the trace of events that came in one, and of no others`() throws {
        let links = TraceLinks()
        #expect(links.trace(of: [1]) == nil)
        links.note([1, 2], try #require(first))
        links.note([3], try #require(second))
        #expect(links.trace(of: [1, 2]) == first)
        #expect(links.trace(of: [3]) == second)
        #expect(links.trace(of: [1, 3]) == nil && links.trace(of: [1, 4]) == nil && links.trace(of: []) == nil)
    }

    @Test func `remembers the newest events only`() throws {
        let links = TraceLinks()
        for number in 1...25_000 { links.note([SequenceNumber(Int64(number))], try #require(first)) }
        #expect(
            links.trace(of: [15_000]) == nil && links.trace(of: [15_001]) == first && links.trace(of: [25_000]) == first
        )
    }
}
