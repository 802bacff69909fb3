import Events
import JournalFormat
import Randomness
import Testing

/// What events are found by, read without making them.
@Suite struct ChunkKeysTests {
    private let tests = ChunkTests()

    private func text(_ keys: ChunkKeys, _ range: Range<Int>?) -> String? {
        range.map { String(decoding: keys.bytes[$0], as: UTF8.self) }
    }

    @Test func `are what the events themselves say`() throws {
        let events = [tests.event("a"), tests.event("b", full: true), tests.event(String(repeating: "ü", count: 127))]
        let bytes = tests.chunk(events)
        let keys = try Chunk.keys(bytes)
        let read = try Chunk.read(bytes, names: tests.names)
        #expect(keys.first == read.first && keys.events.count == events.count)
        for (key, event) in zip(keys.events, read.events) {
            #expect(key.origin == 1 && key.plan == 300)
            #expect(key.timestamp == event.timestamp.milliseconds)
            #expect(text(keys, key.name) == event.name)
            #expect(text(keys, key.customer) == event.customerID)
            #expect(text(keys, key.subscription) == event.subscriptionID)
            #expect(text(keys, key.source) == event.source)
        }
    }

    @Test func `find every single bit that changed, and what is cut off`() {
        let whole = tests.chunk([tests.event("a"), tests.event("b", full: true)])
        for bit in 0..<(whole.count * 8) {
            var damaged = whole
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ChunkFault.self) { try Chunk.keys(damaged) }
        }
        for count in 0..<whole.count {
            #expect(throws: ChunkFault.self) { try Chunk.keys(Array(whole[..<count])) }
        }
    }

    /// Damage that the checksum does not show: keys are within the bytes, or there are none.
    @Test(arguments: 0..<10)
    func `survive frames that are not frames`(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        let whole = tests.chunk([tests.event("a"), tests.event("b", full: true), tests.event("c")])
        for _ in 0..<2000 {
            var frames = Array(whole[24..<(whole.count - 8)])
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                frames[Int.random(in: frames.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            var builder = ChunkBuilder(first: SequenceNumber(1), capacity: 0)
            builder.append(frames[...], count: 3)
            guard let keys = try? Chunk.keys(builder.finish()) else { continue }
            #expect(keys.events.count == 3)
            let ranges = keys.events.flatMap { [$0.name, $0.customer, $0.subscription, $0.source].compactMap(\.self) }
            #expect(ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= keys.bytes.count })
        }
    }

    /// What reads an event finds at least the faults that are in its keys.
    @Test(arguments: 0..<10)
    func `refuse nothing that can be read`(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        let whole = tests.chunk([tests.event("a"), tests.event("b", full: true)])
        for _ in 0..<2000 {
            var frames = Array(whole[24..<(whole.count - 8)])
            frames[Int.random(in: frames.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            var builder = ChunkBuilder(first: SequenceNumber(1), capacity: 0)
            builder.append(frames[...], count: 2)
            let bytes = builder.finish()
            guard let read = try? Chunk.read(bytes, names: tests.names) else { continue }
            let keys = try? Chunk.keys(bytes)
            #expect(keys?.events.map(\.timestamp) == read.events.map(\.timestamp.milliseconds))
        }
    }
}
