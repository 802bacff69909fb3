import Events
import Randomness
import Testing

@testable import JournalFormat

/// The cache of chunks against a model that never forgets.
@Suite struct ChunkCacheModelTests {
    private static func chunk(_ first: Int64, _ count: Int, mark: Int = 340) -> ChunkEvents {
        ChunkEvents(
            first: SequenceNumber(first),
            events: (0..<count).map { _ in ChunkCacheTests.event },
            sizes: (0..<count).map { _ in mark }
        )
    }

    /// Each chunk has its place in steps of ten, and may be put there anew.
    @Test(arguments: 1...20)
    func `never gives another chunk than the one that holds the event`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let cache = ChunkCache(limitBytes: 100_000)
        var model: [Int64: (count: Int, mark: Int)] = [:]
        for _ in 0..<400 {
            let first = Int64.random(in: 0...40, using: &random) * 10
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let range = first...(first + .random(in: 0...60, using: &random))
                cache.remove(firstIn: range)
                for key in model.keys where range.contains(key) { model[key] = nil }
            case 1...3:
                let (count, mark) = (Int.random(in: 1...10, using: &random), Int.random(in: 1...500, using: &random))
                cache.insert(Self.chunk(first, count, mark: mark))
                model[first] = (count, mark)
            default:
                let sequence = Int64.random(in: -5...420, using: &random)
                guard let found = cache.chunk(holding: sequence) else { continue }
                let known = model[found.first.rawValue]
                #expect(found.events.count == known?.count && found.sizes.first == known?.mark)
                #expect((found.first.rawValue...found.last.rawValue).contains(sequence))
            }
        }
    }

    @Test func `finds all that fits, by any event`() {
        let cache = ChunkCache(limitBytes: 1 << 20)
        for first in stride(from: Int64(0), to: 500, by: 10) { cache.insert(Self.chunk(first, 7)) }
        for sequence in 0..<500 as Range<Int64> {
            #expect(
                cache.chunk(holding: sequence)?.first.rawValue == (sequence % 10 < 7 ? sequence - sequence % 10 : nil)
            )
        }
    }

    @Test(arguments: [Int64.min, -1, 8, .max - 1, .max])
    func `has nothing for a number of no chunk`(sequence: Int64) {
        let cache = ChunkCache(limitBytes: 1 << 20)
        #expect(cache.chunk(holding: sequence) == nil)
        cache.insert(Self.chunk(0, 7))
        #expect(cache.chunk(holding: sequence) == nil)
    }

    @Test func `takes the chunk at the end of all numbers`() {
        let cache = ChunkCache(limitBytes: 1 << 20)
        cache.insert(Self.chunk(.max, 1))
        #expect(cache.chunk(holding: .max)?.events.count == 1 && cache.chunk(holding: .max - 1) == nil)
        cache.remove(firstIn: 0...Int64.max)
        #expect(cache.chunk(holding: .max) == nil)
    }

    @Test func `a chunk takes the place of one that begins at the same event`() {
        let cache = ChunkCache(limitBytes: 1 << 20)
        cache.insert(Self.chunk(10, 5))
        cache.insert(Self.chunk(10, 2))
        #expect(cache.chunk(holding: 11)?.events.count == 2 && cache.chunk(holding: 14) == nil)
    }

    /// A chunk of 10 events costs 10 × (2 × 340 + 320) bytes.
    @Test func `keeps nothing that is larger than it may be, and nothing of nothing`() {
        let (small, fitting) = (ChunkCache(limitBytes: 9999), ChunkCache(limitBytes: 10_000))
        for cache in [small, fitting] {
            cache.insert(Self.chunk(10, 10))
            cache.insert(Self.chunk(50, 0))
            #expect(cache.chunk(holding: 50) == nil)
        }
        #expect(small.chunk(holding: 10) == nil && fitting.chunk(holding: 10) != nil)
        // One that is too large displaces none.
        fitting.insert(Self.chunk(100, 11))
        #expect(fitting.chunk(holding: 10) != nil && fitting.chunk(holding: 100) == nil)
    }

    @Test func `forgets first what was not asked for since it came`() {
        let cache = ChunkCache(limitBytes: 30_000)
        for first in [10, 20, 30] as [Int64] { cache.insert(Self.chunk(first, 10)) }
        _ = cache.chunk(holding: 10)
        cache.insert(Self.chunk(40, 10))
        #expect([10, 20, 30, 40].map { cache.chunk(holding: $0) != nil } == [true, false, true, true])
    }
}
