import Randomness
import Testing

/// The random numbers that tests and simulators repeat by their seeds.
@Suite struct SplitMixTests {
    /// The first numbers of the reference implementation in C (Sebastiano Vigna, splitmix64.c) for the seed 1234567.
    @Test func `gives the numbers of the reference implementation`() {
        var random = SplitMix(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
        for number in expected { #expect(random.next() == number) }
    }

    @Test(arguments: [0, 1, .max, 0x9E37_79B9_7F4A_7C15, 0x61C8_8646_80B5_83EB] as [UInt64])
    func `repeats itself for a seed, and differs for its neighbour`(seed: UInt64) {
        var (one, same, other) = (SplitMix(seed: seed), SplitMix(seed: seed), SplitMix(seed: seed &+ 1))
        let numbers = (0..<100).map { _ in one.next() }
        #expect(numbers == (0..<100).map { _ in same.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
        #expect(Set(numbers).count == 100)
    }

    /// The mix is one to one, so that neighbouring numbers never become one; about half of the bits change with one of them.
    @Test func `spreads neighbouring numbers over all bits`() {
        let mixed = (0..<10_000 as Range<UInt64>).map(SplitMix.mixed)
        #expect(Set(mixed).count == mixed.count)
        for bit in 0..<64 as Range<UInt64> {
            let changed = mixed.enumerated().reduce(0) { sum, number in
                sum + (number.element ^ SplitMix.mixed(UInt64(number.offset) ^ (1 << bit))).nonzeroBitCount
            }
            #expect((310_000...330_000).contains(changed), "bit \(bit): \(changed) of 640,000")
        }
    }
}
