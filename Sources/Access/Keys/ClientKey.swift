package import Events

/// A client's key, known by its digest, with its validity period.
package struct ClientKey: Sendable, Equatable {
    /// Its name for logs and commands; the first digits of the digest by default.
    package let id: String
    package let digest: KeyDigest
    /// When it becomes valid; nil: no start.
    package let notBefore: Timestamp?
    /// When it expires; nil: never.
    package let expires: Timestamp?

    /// - Parameter id: by default the first eight hexadecimal digits of the digest.
    package init(id: String? = nil, digest: KeyDigest, notBefore: Timestamp? = nil, expires: Timestamp? = nil) {
        self.id = id ?? String(digest.hexadecimal.prefix(8))
        self.digest = digest
        self.notBefore = notBefore
        self.expires = expires
    }

    /// Whether it has a start or an expiry, so that the time must be checked.
    package var hasTerm: Bool { notBefore != nil || expires != nil }
}

/// The SHA-256 of a key: all that the gateway keeps of it.
package struct KeyDigest: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    /// - Parameter bytes: the digest.
    /// - Returns: nil unless there are 32.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        var words = SIMD4<UInt64>.zero
        for place in 0..<4 {
            words[place] = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self))
        }
        self.words = words
    }

    /// - Returns: nil unless the text is 64 hexadecimal digits, in upper or lower case.
    package init?(hexadecimal text: String) {
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        for digit in text.utf8 {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            digits.append(UInt8(value))
        }
        guard digits.count == 64 else { return nil }
        let bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        guard let digest = bytes.withUnsafeBytes({ KeyDigest(bytes: $0) }) else { return nil }
        self = digest
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        (0..<4).flatMap { place in withUnsafeBytes(of: words[place].bigEndian) { Array($0) } }
    }

    /// 64 lower-case digits.
    package var hexadecimal: String {
        (0..<4).map { place in
            let digits = String(words[place], radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
