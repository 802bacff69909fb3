import Events

/// Reads the query of an address as forms write it: `+` is a space, a name may stand several times.
enum QueryText {
    /// Names and values, percent-decoded, in order. What is no valid encoding stays as it is.
    static func pairs(_ query: Substring) -> [(name: String, value: String)] {
        parts(query).map { (decode($0.name), decode($0.value)) }
    }

    /// Names with their values, which commas separate, in order. The commas are found before decoding, so that an encoded one belongs to
    /// its value.
    static func lists(_ query: Substring) -> [(name: String, values: [String])] {
        parts(query).map { name, value in
            (decode(name), value.split(separator: ",", omittingEmptySubsequences: false).map(decode))
        }
    }

    private static func parts(_ query: Substring) -> [(name: Substring, value: Substring)] {
        query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (parts[0], parts.count == 2 ? parts[1] : "")
        }
    }

    private static func decode(_ text: Substring) -> String { PercentEncoding.decoded(text, plusIsSpace: true) }
}
