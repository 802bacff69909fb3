package import Access
package import Events

/// The value of a session's cookie: 256 random bits. The gateway keeps its digest only.
package enum SessionToken {
    private static let digits = Array("0123456789abcdef".utf8)

    /// A new token.
    package static func make() -> Secret {
        var generator = SystemRandomNumberGenerator()
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for _ in 0..<4 {
            let word = generator.next()
            for place in 0..<16 { text.append(digits[Int(word >> UInt64(place * 4) & 15)]) }
        }
        return Secret(String(decoding: text, as: UTF8.self))
    }

    /// The digest of a token that a browser sent; nil if it does not look like one.
    package static func digest(of text: some StringProtocol) -> KeyDigest? {
        guard text.utf8.count == 64, text.utf8.allSatisfy(digits.contains) else { return nil }
        return KeyDigest(of: String(text))
    }
}
