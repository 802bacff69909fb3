import Events

/// Reads the query of an address as forms write it: `+` is a space, a name may stand several times.
enum QueryText {
    /// Names and values, percent-decoded, in order. What is no valid encoding stays as it is.
    static func pairs(_ query: Substring) -> [(name: String, value: String)] {
        query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { PercentEncoding.decoded($0, plusIsSpace: true) }
            return (name: parts[0], value: parts.count == 2 ? parts[1] : "")
        }
    }
}
