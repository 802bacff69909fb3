import Events

/// Reads the query of a URL as forms write it: `+` is a space, and a name may occur several times.
enum QueryText {
    /// Names and values, percent-decoded, in order. Invalid encodings stay as they are.
    static func pairs(_ query: Substring) -> [(name: String, value: String)] {
        parts(query).map { (decode($0.name), decode($0.value)) }
    }

    /// Names with their comma-separated values, in order. Commas are found before decoding, so that an encoded one belongs to its value.
    static func lists(_ query: Substring) -> [(name: String, values: [String])] {
        parts(query).map { name, value in
            let values = value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            return (decode(name), values.map { decode(Substring($0)) })
        }
    }

    /// By bytes: a sign that an accent follows, which need not be encoded, is another character to `String`.
    private static func parts(_ query: Substring) -> [(name: Substring, value: Substring)] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (Substring(parts[0]), parts.count == 2 ? Substring(parts[1]) : "")
        }
    }

    private static func decode(_ text: Substring) -> String { PercentEncoding.decoded(text, plusIsSpace: true) }
}
