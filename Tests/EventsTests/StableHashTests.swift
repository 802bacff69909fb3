import Events
import Testing

/// Customers move by this hash: it must give in every version what it gave in the first.
@Suite struct StableHashTests {
    /// Computed by hand from the definition: FNV-1a of 64 bits, then the final mix of MurmurHash3.
    @Test(
        arguments: [
            ("", 0xEFD0_1F60_BA99_2926), ("a", 0x82A2_A958_A9BE_CE5B), ("customer_1", 0xD178_CDC2_834C_1699),
            ("é", 0x9D55_CCB9_BA86_763B),
        ] as [(String, UInt64)]
    )
    func `gives the values that it gave in the first version`(text: String, value: UInt64) {
        var hash = StableHash()
        hash.add(text)
        #expect(hash.value == value)
        var pieces = StableHash()
        for byte in text.utf8 { pieces.add(byte) }
        #expect(pieces.value == value)
    }

    /// Each of 100 shares gets about as many of 100,000 neighbouring names: within six standard deviations.
    @Test func `spreads names that differ in one digit`() {
        var shares = [Int](repeating: 0, count: 100)
        for number in 0..<100_000 {
            var hash = StableHash()
            hash.add("customer_\(number)")
            shares[Int(hash.value % 100)] += 1
        }
        #expect(shares.allSatisfy { (810...1190).contains($0) }, "\(shares)")
    }
}
