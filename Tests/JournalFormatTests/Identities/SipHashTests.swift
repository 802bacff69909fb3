import JournalFormat
import Testing

@Suite struct SipHashTests {
    /// What CPython computes: `PYTHONHASHSEED=7 python3 -c 'print(hex(hash(b"a") % 2**64))'`.
    @Test(
        arguments: [
            ("a", 0x58FD_DB5A_AE8C_3C14),
            ("1234567", 0x26A4_6BDF_F509_FDDA),
            ("12345678", 0x2252_AEF5_4E70_9D3D),
            ("Tollgate keeps events until every vendor has them", 0x65D0_F747_A54D_F6DB),
        ] as [(String, UInt64)]
    )
    func `agrees with another implementation of SipHash-1-3`(text: String, expected: UInt64) {
        let hash = SipHash(key0: 0x12C8_74A1_806F_0E3D, key1: 0x470A_89D2_F9D2_784F)
        #expect(hash.hash(text) == expected)
    }
}
