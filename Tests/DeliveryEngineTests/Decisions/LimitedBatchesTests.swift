import Randomness
import Testing

@testable import DeliveryEngine

@Suite struct LimitedBatchesTests {
    private static func limited(_ times: Int) -> LimitedBatches {
        var batches = LimitedBatches()
        for _ in 0..<times { batches.limited(100) }
        return batches
    }

    @Test(
        arguments: [(0, nil), (1, nil), (3, nil), (4, 1), (5, nil), (8, 1), (12, nil), (16, 1), (32, 1), (33, nil)]
            as [(Int, Int?)]
    )
    func `a request now and then carries one event after four 429 in a row`(times: Int, most: Int?) {
        #expect(Self.limited(times).most == most)
    }

    @Test func `a pass ends the row`() {
        var batches = Self.limited(3)
        batches.passed(100, of: 100)
        batches.limited(100)
        #expect(batches == Self.limited(1))
    }

    @Test func `grows from one lone event that passes to whole batches`() {
        var batches = Self.limited(4)
        var sizes: [Int?] = []
        for _ in 0..<8 {
            batches.passed(batches.most ?? 100, of: 100)
            sizes.append(batches.most)
        }
        #expect(sizes == [2, 4, 8, 16, 32, 64, nil, nil])
    }

    @Test func `halves what does not pass`() {
        var batches = Self.limited(4)
        batches.passed(1, of: 100)
        batches.passed(2, of: 100)
        batches.passed(4, of: 100)
        batches.limited(8)
        #expect(batches.most == 4)
        #expect(batches.isForSomeEvents)
    }

    @Test func `goes back to whole batches when lone events are limited too`() {
        var batches = Self.limited(4)
        batches.passed(1, of: 100)
        batches.limited(2)
        for _ in 0..<3 { batches.limited(1) }
        #expect(!batches.isForSomeEvents)
    }

    @Test(arguments: [0.3, 0.75, 0.9], [1, 2, 10, 100])
    func `keeps batches large where the limit is for requests, whatever they carry`(refused: Double, whole: Int) {
        var random = SplitMix(seed: 7)
        var batches = LimitedBatches()
        var events = 0
        var passes = 0
        for _ in 0..<20_000 {
            let size = min(batches.most ?? whole, whole)
            if Double.random(in: 0..<1, using: &random) < refused {
                batches.limited(size)
            } else {
                batches.passed(size, of: whole)
                events += size
                passes += 1
            }
            #expect((batches.most ?? 1) >= 1)
        }
        #expect(Double(events) > 0.3 * Double(passes * whole), "\(events) events in \(passes) requests")
    }
}
