import Randomness
import Synchronization

/// The id of a request in the log and in its response.
enum RequestID {
    /// The client's own id if it is safe to print, otherwise a new one of 128 random bits.
    static func of(_ given: String?) -> String {
        if let given, (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return given
        }
        return random()
    }

    /// Where this process begins: random, so that no two processes use the same ids. Ids need not be hard to guess, and asking the system
    /// for each one would cost a system call.
    private static let start = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
    private static let count = Atomic<UInt64>(0)

    /// A new id; unique in this process because of the counter, and among processes because of the random start.
    private static func random() -> String {
        let number = count.add(1, ordering: .relaxed).newValue
        let words = (SplitMix.mixed(start.0 &+ number &* SplitMix.increment), SplitMix.mixed(start.1 ^ number))
        return String(unsafeUninitializedCapacity: 32) { digits in
            for place in 0..<32 {
                let digit = UInt8((place < 16 ? words.0 : words.1) >> UInt64(place % 16 * 4) & 15)
                digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 32
        }
    }
}

/// The key in a request.
enum PresentedKey {
    /// From `Authorization: Bearer KEY`, else from `x-api-key`.
    static func of(authorization field: String?, apiKey: String?) -> String? {
        guard let field else { return apiKey }
        let space = UInt8(ascii: " ")
        let text = field.utf8.drop { $0 == space }
        let scheme = text.prefix { $0 != space }
        // This bit turns a letter into lower case.
        guard scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else { return nil }
        let rest = text[scheme.endIndex...].drop { $0 == space }
        let key = rest.prefix { $0 != space }
        guard !key.isEmpty, rest[key.endIndex...].allSatisfy({ $0 == space }) else { return nil }
        return String(Substring(key))
    }
}
