import Randomness
import Testing

@testable import Parity

@Suite struct ByteKeyTests {
    private static func key(_ texts: [String?]) -> ByteKey {
        var key = ByteKey()
        for text in texts { key.add(text) }
        return key
    }

    /// Few letters, so that many lists are alike: one text that is divided in two places, one that is there and empty or not there.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `is equal for equal lists of texts and for no others`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let lists = (0..<100).map { _ in
            (0..<Int.random(in: 0...3, using: &random)).map { _ -> String? in
                Bool.random(using: &random)
                    ? String(
                        (0..<Int.random(in: 0...2, using: &random)).map { _ in "aé".randomElement(using: &random)! }
                    )
                    : nil
            }
        }
        for one in lists {
            for other in lists { #expect((Self.key(one) == Self.key(other)) == (one == other)) }
        }
        #expect(Set(lists.map(Self.key)).count == Set(lists).count)
    }

    @Test func `tells texts apart that look alike and have other bytes`() {
        #expect(Self.key(["\u{E9}"]) != Self.key(["e\u{301}"]))
    }
}
