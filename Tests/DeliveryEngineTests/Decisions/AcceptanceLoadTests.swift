import Testing

@testable import DeliveryEngine

/// Whether clients wait too long, from counters that only grow.
@Suite struct AcceptanceLoadTests {
    private let start = ContinuousClock.now

    private func load(_ readings: [(second: Double, requests: Int, slow: Int)]) -> AcceptanceLoad {
        var load = AcceptanceLoad()
        for reading in readings {
            load.read(
                AcceptanceLoad.Counts(requests: reading.requests, slow: reading.slow),
                at: start + .seconds(reading.second)
            )
        }
        return load
    }

    @Test func `is slow if more than one request in a hundred of the last seconds was`() {
        #expect(!load([]).isSlow)
        #expect(!load([(0, 1000, 900)]).isSlow)
        #expect(!load([(0, 0, 0), (1, 100, 1)]).isSlow)
        #expect(load([(0, 0, 0), (1, 199, 2)]).isSlow)
        #expect(load([(0, 0, 0), (1, 3, 1)]).isSlow)
    }

    @Test func `forgets what is longer ago than ten seconds`() {
        #expect(load([(0, 0, 0), (1, 10, 10), (10.5, 20, 10)]).isSlow)
        #expect(!load([(0, 0, 0), (1, 10, 10), (6, 15, 10), (11.5, 20, 10)]).isSlow)
        // Nobody has looked for a while.
        #expect(!load([(0, 0, 0), (60, 1000, 1000)]).isSlow)
    }

    @Test func `keeps few readings however often it is read`() {
        var load = AcceptanceLoad()
        for tick in 0..<100_000 {
            load.read(AcceptanceLoad.Counts(requests: tick, slow: 0), at: start + .milliseconds(tick))
        }
        #expect(load.readingCount <= 22)
    }
}
