import Events

/// Times as Flexprice reads and writes them.
enum FlexpriceTimestamp {
    /// What Go's zero time is written as, which says that there is no time.
    private static let zero = Timestamp(milliseconds: -62_135_596_800_000)

    /// RFC 3339 as Go has it, stricter than the standard: `T` and `Z` in upper case.
    /// - Returns: nil if it has another form.
    static func read(_ text: String) -> Timestamp? {
        let bytes = text.utf8
        guard bytes.count > 10, bytes[bytes.index(bytes.startIndex, offsetBy: 10)] == UInt8(ascii: "T"),
            bytes.last != UInt8(ascii: "z")
        else { return nil }
        return Timestamp(rfc3339: text)
    }

    /// Whether it is Go's zero time, which stands for an absent one.
    static func isZero(_ timestamp: Timestamp) -> Bool { timestamp == zero }

    /// Without zeros at the end of the fraction, and without a fraction of zero.
    static func text(_ timestamp: Timestamp) -> String {
        var text = timestamp.rfc3339.dropLast()
        while text.last == "0" { text.removeLast() }
        guard text.last != "." else { return text.dropLast() + "Z" }
        return text + "Z"
    }
}
