import JournalFormat
import Testing

@Suite struct ChecksumTests {
    @Test(
        arguments: [
            ("", 0xEF46_DB37_51D8_E999),
            ("a", 0xD24E_C4F1_A98C_6E5B),
            ("abc", 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)]
    )
    func `agrees with the published values of XXH64`(text: String, expected: UInt64) {
        #expect(Checksum.of(Array(text.utf8)) == expected)
    }

    @Test func `changes with every single bit of a long input`() {
        let input = (0..<200).map { UInt8($0) }
        let whole = Checksum.of(input)
        for bit in 0..<(input.count * 8) {
            var changed = input
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Checksum.of(changed) != whole)
        }
    }
}
