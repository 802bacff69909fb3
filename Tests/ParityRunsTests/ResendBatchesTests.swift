import Events
import Randomness
import Testing

@testable import ParityRuns

/// How events that are sent again are divided into requests.
@Suite struct ResendBatchesTests {
    private static func event(_ identity: String, _ bytes: Int) -> TranslatedEvent {
        TranslatedEvent(bytes: Array(repeating: UInt8(ascii: "x"), count: bytes), identity: identity)
    }

    private static func cut(_ events: [TranslatedEvent], events most: Int = 3, bytes: Int = 1 << 20) -> [[String]] {
        ResendBatches.cut(events, to: BatchLimit(events: most, bytes: bytes)) { $0 }.map { $0.map(\.identity) }
    }

    @Test func `hold so many events at most, in their order`() {
        let events = (0..<7).map { Self.event("e\($0)", 10) }
        #expect(Self.cut(events) == [["e0", "e1", "e2"], ["e3", "e4", "e5"], ["e6"]])
        #expect(Self.cut([]) == [])
        #expect(Self.cut(events, events: 1).count == 7)
    }

    @Test func `hold no two events of one identity, of which the vendor would ignore one`() {
        let events = ["a", "b", "a", "a", "c"].map { Self.event($0, 10) }
        #expect(Self.cut(events, events: 10) == [["a", "b"], ["a"], ["a", "c"]])
    }

    /// A request has 256 bytes around its events, and a comma between two of them, as deliveries have.
    @Test(
        arguments: [
            ([743], 1), ([371, 371], 1), ([371, 372], 1), ([372, 372], 2), ([247, 247, 247], 1), ([248, 248, 248], 2),
            // One that is too large alone goes alone.
            ([5000], 1), ([5000, 1], 2), ([1, 5000, 1], 3), ([0, 0, 0], 1),
        ] as [([Int], Int)]
    )
    func `hold no more bytes than a request may have`(sizes: [Int], requests: Int) {
        let events = sizes.enumerated().map { Self.event("e\($0.offset)", $0.element) }
        #expect(Self.cut(events, events: 10, bytes: 1000).count == requests)
    }

    /// Whatever the sizes: all are sent, none twice in one request, and no request of several is too large.
    @Test(arguments: 1...40)
    func `are all of the events, within every limit`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let limit = BatchLimit(
            events: Int.random(in: 1...6, using: &random),
            bytes: Int.random(in: 300...900, using: &random)
        )
        let events = (0..<Int.random(in: 0...50, using: &random)).map { _ in
            Self.event("e\(Int.random(in: 0...9, using: &random))", Int.random(in: 0...400, using: &random))
        }
        let batches = ResendBatches.cut(events, to: limit) { $0 }
        #expect(batches.flatMap(\.self).map(\.identity) == events.map(\.identity), "seed \(seed)")
        for batch in batches {
            #expect((1...limit.events).contains(batch.count) && Set(batch.map(\.identity)).count == batch.count)
            let bytes = batch.map(\.bytes.count).reduce(0, +) + batch.count - 1 + 256
            #expect(batch.count == 1 || bytes <= limit.bytes, "seed \(seed)")
        }
    }
}
