import Testing

@testable import Gateway

@Suite struct ServiceStopsTests {
    @Test func `names the services that have been asked to stop for ten seconds and have not stopped`() {
        let (stops, start) = (ServiceStops(), ContinuousClock.now)
        stops.asked(1, "Servers", at: start)
        stops.stopped(1)
        stops.asked(2, "Servers", at: start + .seconds(1))
        stops.asked(3, "Audit", at: start + .seconds(2))
        #expect(stops.slow(at: start + .milliseconds(10_999)).isEmpty)
        #expect(stops.slow(at: start + .seconds(11)).map(\.service) == ["Servers"])
        let slow = stops.slow(at: start + .seconds(12))
        #expect(slow.map(\.service) == ["Audit", "Servers"])
        #expect(slow.map(\.time) == [.seconds(10), .seconds(11)])
        stops.stopped(2)
        stops.stopped(3)
        #expect(stops.slow(at: start + .seconds(100)).isEmpty)
    }
}
