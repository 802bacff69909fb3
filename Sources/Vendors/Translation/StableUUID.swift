import Events

/// UUIDs of version 4's form that follow from what they stand for, so that they need not be kept.
package enum StableUUID {
    /// A UUID for a list of texts: the same for the same texts, and in all likelihood for no others.
    package static func naming(_ texts: [String]) -> String {
        var high: UInt64 = 0xCBF2_9CE4_8422_2325
        var low: UInt64 = 0x9E37_79B9_7F4A_7C15
        func add(_ byte: UInt8) {
            high = (high ^ UInt64(byte)) &* 0x100_0000_01B3
            low = (low &+ UInt64(byte) &+ 1) &* 0xD6E8_FEB8_6659_FD93
            low ^= low >> 32
        }
        for text in texts {
            for byte in text.utf8 { add(byte) }
            // No byte of UTF-8, so that ["ab", "c"] and ["a", "bc"] are distinguished.
            add(0xFF)
        }
        return text(mixed(high), mixed(low ^ high))
    }

    /// A UUID that holds a number; ``number(in:)`` gives it back.
    package static func holding(_ number: Int64) -> String {
        text(marker, UInt64(bitPattern: number) & numberMask)
    }

    /// The number that ``holding(_:)`` put into this UUID; nil for any other text.
    package static func number(in text: String) -> Int64? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        guard text.utf8.count == 36, digits.count == 32,
            let high = UInt64(String(decoding: digits[..<16], as: UTF8.self), radix: 16),
            let low = UInt64(String(decoding: digits[16...], as: UTF8.self), radix: 16),
            high == version4(marker), low & ~numberMask == variant
        else { return nil }
        return Int64(low & numberMask)
    }

    /// "tollga" in ASCII: tells our numbers from the UUIDs of a vendor.
    private static let marker: UInt64 = 0x746F_6C6C_6761_0000
    private static let numberMask: UInt64 = (1 << 60) - 1
    private static let variant: UInt64 = 0x8000_0000_0000_0000

    private static func version4(_ high: UInt64) -> UInt64 { high & ~0xF000 | 0x4000 }

    /// Spreads every bit over the whole word (the finalizer of MurmurHash3).
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 33) &* 0xFF51_AFD7_ED55_8CCD
        value = (value ^ value >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return value ^ value >> 33
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        UUIDText.of(version4(high), low & ~(3 << 62) | variant)
    }
}
