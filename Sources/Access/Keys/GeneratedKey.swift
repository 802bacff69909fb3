package import Events

/// The format of generated keys: `tg_`, 43 random digits (256 bits), and a checksum of 6 digits, all in base 62.
///
/// The prefix and the checksum let secret scanners find leaked keys, and distinguish a mistyped key from an unknown one.
package enum GeneratedKey {
    private static let prefix = "tg_"
    private static let randomDigits = 43
    private static let checksumDigits = 6
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A new key.
    package static func make() -> Secret {
        var generator = SystemRandomNumberGenerator()
        var key = Array(prefix.utf8)
        for _ in 0..<randomDigits { key.append(digits[Int.random(in: digits.indices, using: &generator)]) }
        return Secret(String(decoding: key + checksum(of: key), as: UTF8.self))
    }

    /// Whether a text starts like a generated key and has a wrong checksum or length.
    package static func isMistyped(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.starts(with: prefix.utf8) else { return false }
        guard bytes.count == prefix.utf8.count + randomDigits + checksumDigits else { return true }
        return Array(bytes.suffix(checksumDigits)) != checksum(of: bytes.dropLast(checksumDigits))
    }

    /// The CRC-32 of the text before it, as digits.
    private static func checksum(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var rest = crc32(bytes)
        var checksum: [UInt8] = []
        for _ in 0..<checksumDigits {
            checksum.append(digits[Int(rest % 62)])
            rest /= 62
        }
        return checksum.reversed()
    }

    /// The CRC-32 of ISO 3309, as in gzip. Bit by bit: it runs for new keys and for refused ones.
    private static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
