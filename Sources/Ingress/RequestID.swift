/// The id under which a request stands in the log and in its answer.
enum RequestID {
    /// The client's own, if it is fit to be printed anywhere, else a new one of 128 random bits.
    static func of(_ given: String?) -> String {
        if let given, (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return given
        }
        return random()
    }

    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        var rest = [generator.next(), generator.next()]
        return String(unsafeUninitializedCapacity: 32) { digits in
            for place in 0..<32 {
                let digit = UInt8(rest[place / 16] & 15)
                rest[place / 16] >>= 4
                digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 32
        }
    }
}

/// The key that a request brings.
enum PresentedKey {
    /// From `Authorization: Bearer KEY`, else from `x-api-key`.
    static func of(authorization field: String?, apiKey: String?) -> String? {
        guard let field else { return apiKey }
        let words = field.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }
}
