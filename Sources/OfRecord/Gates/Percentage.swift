/// A limit on a part of a whole: from 0% to 100% in steps of a ten-thousandth of a percent, exact.
package struct Percentage: Sendable, Equatable {
    /// 0 to 1,000,000.
    private let millionths: UInt64

    /// Reads `0.1%`, `5%`, `100%`.
    /// - Returns: nil for another form, more than four decimals, or more than 100%.
    package init?(_ text: String) {
        guard text.utf8.last == UInt8(ascii: "%"), let number = Self.millionths(text.utf8.dropLast()),
            number <= 1_000_000
        else { return nil }
        millionths = number
    }

    private static func millionths(_ text: Substring.UTF8View) -> UInt64? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...3).contains(parts[0].count) else { return nil }
        let decimals = parts.count == 2 ? Array(parts[1]) : []
        guard parts.count == 1 || (1...4).contains(decimals.count) else { return nil }
        var number: UInt64 = 0
        for byte in Array(parts[0]) + decimals + Array(repeating: UInt8(ascii: "0"), count: 4 - decimals.count) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
        return number
    }

    /// Whether a part of a whole is more than this. Nothing is no part of anything.
    func isExceeded(by fraction: Fraction) -> Bool {
        let part = fraction.part.multipliedFullWidth(by: 1_000_000)
        let limit = fraction.whole.multipliedFullWidth(by: millionths)
        return (part.high, part.low) > (limit.high, limit.low)
    }

    /// `0.1%`
    package var text: String { Self.text(millionths: millionths) }

    fileprivate static func text(millionths: UInt64) -> String {
        let decimals = millionths % 10_000
        guard decimals > 0 else { return "\(millionths / 10_000)%" }
        var digits = String(decimals + 10_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(millionths / 10_000).\(digits)%"
    }
}

/// A part of a whole, both in the same unit.
package struct Fraction: Sendable, Equatable {
    package let part: UInt64
    package let whole: UInt64

    package init(_ part: UInt64, of whole: UInt64) {
        self.part = part
        self.whole = whole
    }

    /// `3 of 12000 (0.025%)`; the percentage is cut, not rounded.
    var text: String {
        guard whole > 0, part <= whole else { return "\(part) of \(whole)" }
        let product = part.multipliedFullWidth(by: 1_000_000)
        return "\(part) of \(whole) (\(Percentage.text(millionths: whole.dividingFullWidth(product).quotient)))"
    }
}
