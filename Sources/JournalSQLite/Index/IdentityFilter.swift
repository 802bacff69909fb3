import Journal

/// Says of most hashes that a run does not have them: a Bloom filter, whose bits for one hash lie in one cache line.
///
/// It knows the part of a hash that does not depend on the scope, so that it answers for a look-up by id alone, too. Sixteen bits
/// an entry let about one hash in five hundred pass for nothing, ten bits one in sixty: the few large runs, which have most of
/// the entries, get by with ten.
struct IdentityFilter: Sendable, Equatable {
    private static let largeRun = 4 << 20
    private static let wordsPerBlock = 8
    private static let bitsPerHash = 6

    private(set) var words: [UInt64]

    init(expecting entries: Int) {
        words = [UInt64](repeating: 0, count: Self.wordCount(for: entries))
    }

    init(words: [UInt64]) {
        self.words = words
    }

    static func wordCount(for entries: Int) -> Int {
        let bitsPerEntry = entries < largeRun ? 16 : 10
        return max(1, (entries * bitsPerEntry + 511) / 512) * wordsPerBlock
    }

    mutating func insert(_ hash: UInt64) {
        let (block, pattern) = place(of: hash)
        var rest = pattern
        for _ in 0..<Self.bitsPerHash {
            words[block + Int(rest >> 6 & 7)] |= 1 << (rest & 63)
            rest >>= 9
        }
    }

    func mayHold(_ hash: UInt64) -> Bool {
        let (block, pattern) = place(of: hash)
        var rest = pattern
        for _ in 0..<Self.bitsPerHash {
            if words[block + Int(rest >> 6 & 7)] & (1 << (rest & 63)) == 0 { return false }
            rest >>= 9
        }
        return true
    }

    /// The first word of the hash's block, and six times nine bits that choose bits in it.
    private func place(of hash: UInt64) -> (block: Int, pattern: UInt64) {
        let key = (hash & IdentityHash.sharedByScopes) &* 0x9E37_79B9_7F4A_7C15
        let blocks = UInt64(words.count / Self.wordsPerBlock)
        let block = key.multipliedFullWidth(by: blocks).high
        let mixed = (key ^ (key >> 29)) &* 0xBF58_476D_1CE4_E5B9
        return (Int(block) * Self.wordsPerBlock, mixed ^ (mixed >> 32))
    }
}
