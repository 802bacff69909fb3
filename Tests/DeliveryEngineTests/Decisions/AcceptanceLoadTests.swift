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

    @Test func `clients send for a second after each request that is new`() {
        func send(_ readings: [(second: Double, requests: Int)], at second: Double) -> Bool {
            load(readings.map { ($0.second, $0.requests, 0) }).clientsSend(at: start + .seconds(second))
        }
        #expect(!send([], at: 0))
        #expect(!send([(0, 0)], at: 0))
        #expect(send([(0, 7)], at: 0.9), "requests of a first reading may have come just now")
        #expect(!send([(0, 7)], at: 1))
        #expect(!send([(0, 7), (0.9, 7)], at: 1), "none is new")
        #expect(send([(0, 7), (0.9, 8)], at: 1.8), "seen though the readings are close together")
        #expect(!send([(0, 7), (0.9, 8)], at: 1.95))
        #expect(send([(0, 7), (100, 8)], at: 100.5))
    }

    @Test func `keeps few readings however often it is read`() {
        var load = AcceptanceLoad()
        for tick in 0..<100_000 {
            load.read(AcceptanceLoad.Counts(requests: tick, slow: 0), at: start + .milliseconds(tick))
        }
        #expect(load.readingCount <= 22)
    }
}
