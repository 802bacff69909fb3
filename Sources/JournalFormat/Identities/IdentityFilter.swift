#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

// Safe: whoever makes a filter has it alone while it is filled; from then on the index uses it under its lock.
/// Says of most identities that the index does not know them: a Bloom filter over all its parts together.
///
/// The bits of one hash lie in one cache line, so that a new event costs one look at memory, however many runs there are. Nothing is
/// ever taken out: a filter that has become too small is replaced by a larger one.
package final class IdentityFilter: @unchecked Sendable {
    /// How much memory a filter takes for each entry, and so how many hashes a full one lets pass for nothing.
    package enum Density: Int, CaseIterable, Sendable {
        /// Two bytes: about one hash in a thousand passes.
        case usual = 16
        /// Three bytes: about one hash in eight thousand passes.
        case fine = 24
    }

    private static let bitsPerHash = 7
    private static let wordsPerBlock = 8
    private static let bitsPerBlock = wordsPerBlock * 64

    /// How many entries it was made for.
    package let capacity: Int
    /// How many were inserted that it did not seem to have.
    package private(set) var count = 0
    private let words: UnsafeMutableBufferPointer<UInt64>
    private let blocks: UInt64

    /// - Parameter capacity: how many entries to make room for.
    package init(capacity: Int, density: Density = .usual) {
        self.capacity = capacity
        let blocks = max(1, (capacity * density.rawValue + 511) / 512)
        self.blocks = UInt64(blocks)
        words = Self.zeroedWords(blocks * Self.wordsPerBlock)
    }

    /// A filter as ``bytes`` has it.
    /// - Returns: nil if it is not one of a filter for so many entries.
    package convenience init?(capacity: Int, bytes: [UInt8]) {
        // Before there is memory for it: the number may be anything.
        guard capacity >= 0,
            let density = Density.allCases.first(where: { density in
                Self.bits(for: capacity, density).map { bytes.count == $0 / 8 } ?? false
            })
        else { return nil }
        self.init(capacity: capacity, density: density)
        bytes.withUnsafeBytes { bytes in
            for index in words.indices {
                words[index] = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            }
        }
    }

    /// How many bits a filter for so many entries has, in whole cache lines; nil if there cannot be as many.
    private static func bits(for capacity: Int, _ density: Density) -> Int? {
        let (bits, isTooMuch) = capacity.multipliedReportingOverflow(by: density.rawValue)
        let (rounded, overflows) = bits.addingReportingOverflow(bitsPerBlock - 1)
        return isTooMuch || overflows ? nil : max(1, rounded / bitsPerBlock) * bitsPerBlock
    }

    /// Its bits; the same for the same entries, whatever their order.
    package var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: words.count * 8) { memory, count in
            let memory = UnsafeMutableRawBufferPointer(memory)
            for index in words.indices {
                memory.storeBytes(of: words[index].littleEndian, toByteOffset: index * 8, as: UInt64.self)
            }
            count = words.count * 8
        }
    }

    deinit {
        munmap(words.baseAddress, words.count * 8)
    }

    /// Memory on the largest pages that the system has, if it is much: looks go everywhere in it, and each would miss the
    /// processor's table of pages, too.
    private static func zeroedWords(_ count: Int) -> UnsafeMutableBufferPointer<UInt64> {
        let memory = mmap(nil, count * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else {
            fatalError("no memory for \(count * 8) bytes of an identity filter")
        }
        #if os(Linux)
            // Advice only: without large pages it is slower and no less right.
            _ = madvise(memory, count * 8, MADV_HUGEPAGE)
        #endif
        return UnsafeMutableBufferPointer(start: memory.assumingMemoryBound(to: UInt64.self), count: count)
    }

    /// Looks once at where each of these would be, so that memory answers many at a time.
    /// - Returns: a number that means nothing, so that the looks are not left out.
    package func touch(_ identities: ArraySlice<EventIdentity>) -> UInt64 {
        identities.reduce(0) { $0 | words[place(of: $1.hash).block] }
    }

    /// - Returns: whether the filter had this hash, or seemed to.
    @discardableResult
    package func insert(_ hash: UInt64) -> Bool {
        let (block, pattern) = place(of: hash)
        var rest = pattern
        var bits: UInt64 = 1
        // No branch on a single bit: half of them would be guessed wrong.
        for _ in 0..<Self.bitsPerHash {
            let word = block + Int(rest >> 6 & 7)
            bits &= words[word] >> (rest & 63)
            words[word] |= 1 << (rest & 63)
            rest >>= 9
        }
        count += Int(1 - bits)
        return bits == 1
    }

    /// Whether the filter has this hash, or seems to.
    package func contains(_ hash: UInt64) -> Bool {
        let (block, pattern) = place(of: hash)
        var rest = pattern
        var bits: UInt64 = 1
        // Without a branch on each bit, as above: memory answers for several hashes at a time then.
        for _ in 0..<Self.bitsPerHash {
            bits &= words[block + Int(rest >> 6 & 7)] >> (rest & 63)
            rest >>= 9
        }
        return bits == 1
    }

    /// The first word of the hash's block, and seven times nine bits that choose bits in it.
    ///
    /// Blocks follow one another as hashes do, so that a sorted run fills a filter from front to back.
    @inline(__always)
    private func place(of hash: UInt64) -> (block: Int, pattern: UInt64) {
        let block = hash.multipliedFullWidth(by: blocks).high
        let mixed = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
        return (Int(block) * Self.wordsPerBlock, mixed ^ (mixed >> 32))
    }
}
