/// Counts in front of a unit: one to seven digits, the first not 0. The JSON Schema's patterns say the same.
enum CountText {
    static func read(_ text: Substring) -> Int? {
        guard (1...7).contains(text.utf8.count), text.first != "0",
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }
}

/// Lengths of time as text: a whole number and a unit.
package enum DurationText {
    /// - Returns: nil unless the text is such as `500ms`, `30s`, `10m`, `72h` or `90d`.
    package static func read(_ text: String) -> Duration? {
        let units: [(String, Duration)] = [
            ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)),
            ("d", .seconds(86_400)),
        ]
        for (suffix, unit) in units where text.hasSuffix(suffix) {
            let number = text.dropLast(suffix.count)
            if let count = CountText.read(number) { return unit * count }
        }
        return nil
    }
}
