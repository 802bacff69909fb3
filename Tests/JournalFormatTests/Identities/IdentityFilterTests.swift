import JournalFormat
import Randomness
import Testing

/// The Bloom filter in front of the identity index.
@Suite struct IdentityFilterTests {
    private func hashes(_ count: Int, seed: UInt64) -> [UInt64] {
        var generator = SplitMix(seed: seed)
        return (0..<count).map { _ in generator.next() }
    }

    @Test(arguments: [0, 1, 31, 32, 33, 10_000], IdentityFilter.Density.allCases)
    func `knows every hash that was inserted, however small it is`(capacity: Int, density: IdentityFilter.Density) {
        let filter = IdentityFilter(capacity: capacity, density: density)
        let all = hashes(max(1, capacity), seed: 1) + [0, .max]
        for hash in all { filter.insert(hash) }
        #expect(all.allSatisfy(filter.contains))
        #expect(filter.capacity == capacity)
    }

    @Test func `knows nothing at first`() {
        let filter = IdentityFilter(capacity: 1000)
        #expect(!hashes(10_000, seed: 2).contains(where: filter.contains))
        #expect(filter.count == 0)
    }

    @Test(arguments: [3, 4, 5] as [UInt64], [(IdentityFilter.Density.usual, 500), (.fine, 40)])
    func `mistakes few other hashes for known ones while it is not over its capacity`(
        seed: UInt64,
        limit: (density: IdentityFilter.Density, mistaken: Int)
    ) {
        let filter = IdentityFilter(capacity: 50_000, density: limit.density)
        for hash in hashes(50_000, seed: seed) { filter.insert(hash) }
        let mistaken = hashes(100_000, seed: seed + 100).count(where: filter.contains)
        #expect(mistaken < limit.mistaken)
    }

    @Test(arguments: IdentityFilter.Density.allCases)
    func `is read with the density that it was made with`(density: IdentityFilter.Density) throws {
        let filter = IdentityFilter(capacity: 1000, density: density)
        let all = hashes(1000, seed: 8)
        for hash in all { filter.insert(hash) }
        let read = try #require(IdentityFilter(capacity: 1000, bytes: filter.bytes))
        #expect(all.allSatisfy(read.contains))
        #expect(read.bytes == filter.bytes)
    }

    @Test func `tells whether it had a hash, and counts those that are new`() {
        let filter = IdentityFilter(capacity: 1000)
        let all = hashes(500, seed: 6)
        #expect(all.count { filter.insert($0) } <= 1)
        let count = filter.count
        #expect(count >= 499)
        #expect(all.allSatisfy { filter.insert($0) })
        #expect(filter.count == count)
    }

    @Test func `is not changed by being looked at`() {
        let filter = IdentityFilter(capacity: 100)
        let identities = hashes(100, seed: 7).map { EventIdentity(hash: $0, isScoped: false) }
        _ = filter.touch(identities[...])
        #expect(!identities.contains { filter.contains($0.hash) })
    }

    @Test(arguments: [-1, 0, 1, 32, 33, 1 << 40, Int.max / 16, Int.max])
    func `is not made of bytes of another size, whatever number comes with them`(capacity: Int) {
        let bytes = IdentityFilter(capacity: 100).bytes
        #expect(IdentityFilter(capacity: capacity, bytes: bytes) == nil)
        #expect(IdentityFilter(capacity: 100, bytes: bytes)?.bytes == bytes)
        #expect(IdentityFilter(capacity: 100, bytes: Array(bytes.dropLast())) == nil)
    }
}
