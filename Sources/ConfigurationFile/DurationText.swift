/// Counts in front of a unit: one to seven digits, the first not 0. The JSON Schema's patterns say the same.
enum CountText {
    static func read(_ text: Substring) -> Int? {
        guard (1...7).contains(text.utf8.count), text.first != "0",
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }
}

/// Durations as text: an integer and a unit.
package enum DurationText {
    private static let units: [(String, Duration)] = [
        ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)),
        ("d", .seconds(86_400)),
    ]

    /// - Returns: nil unless the text is such as `500ms`, `30s`, `10m`, `72h` or `90d`.
    package static func read(_ text: String) -> Duration? {
        for (suffix, unit) in units where text.hasSuffix(suffix) {
            let number = text.dropLast(suffix.count)
            if let count = CountText.read(number) { return unit * count }
        }
        return nil
    }

    /// The text that ``read(_:)`` reads as this duration: whole milliseconds, in the largest unit that leaves no rest.
    package static func write(_ duration: Duration) -> String {
        for (suffix, unit) in units.reversed() where duration >= unit {
            let count = duration / unit
            // Safe: seven digits.
            if count == count.rounded(), count < 10_000_000 { return "\(Int(count))\(suffix)" }
        }
        preconditionFailure("\(duration) is no whole number of milliseconds, or has more than seven digits")
    }
}
