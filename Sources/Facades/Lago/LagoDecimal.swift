import JSON

/// Numbers as Ruby's readers take them from text.
enum LagoDecimal {
    /// Whether a text is a decimal number: digits, perhaps a sign, a fraction, an exponent.
    static func isNumber(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var place = 0
            if place < bytes.count, isSign(bytes[place]) { place += 1 }
            guard skipDigits(&place, bytes) else { return false }
            if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
                place += 1
                guard skipDigits(&place, bytes) else { return false }
            }
            if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
                place += 1
                if place < bytes.count, isSign(bytes[place]) { place += 1 }
                guard skipDigits(&place, bytes) else { return false }
            }
            return place == bytes.count
        }
    }

    /// Seconds in the usual form, up to eleven digits and a fraction, as whole milliseconds; nil for any other text, which may be a
    /// number as well.
    static func plainMilliseconds(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { bytes in
            var place = 0
            var value: Int64 = 0
            while place < bytes.count, bytes[place] &- 0x30 < 10 {
                value = value &* 10 &+ Int64(bytes[place] &- 0x30)
                place += 1
            }
            guard (1...11).contains(place) else { return nil }
            var decimals = 0
            if place < bytes.count {
                guard bytes[place] == UInt8(ascii: "."), place + 1 < bytes.count else { return nil }
                for byte in bytes[(place + 1)...] {
                    guard byte &- 0x30 < 10 else { return nil }
                    if decimals < 3 { value = value * 10 + Int64(byte &- 0x30) }
                    decimals += 1
                }
            }
            for _ in min(decimals, 3)..<3 { value *= 10 }
            return value
        }
    }

    /// The number as Ruby's `BigDecimal` prints it: plain digits with at least one decimal, such as `1234.56` or `100.0`.
    /// - Returns: nil if the text is no number, or one of absurd size.
    static func plain(_ text: String) -> String? {
        guard isNumber(text), let number = JSONNumber(text.hasPrefix("+") ? text.dropFirst() : text[...]),
            (-100...100).contains(number.exponent), number.digits.count <= 100
        else { return nil }
        guard !number.digits.isEmpty else { return "0.0" }
        var digits = number.digits.map { $0 + 0x30 }
        digits += repeatElement(0x30, count: max(0, number.exponent))
        let decimals = max(0, -number.exponent)
        digits.insert(contentsOf: repeatElement(0x30, count: max(0, decimals + 1 - digits.count)), at: 0)
        let whole = String(decoding: digits.dropLast(decimals), as: UTF8.self)
        let fraction = decimals == 0 ? "0" : String(decoding: digits.suffix(decimals), as: UTF8.self)
        return "\(number.isNegative ? "-" : "")\(whole).\(fraction)"
    }

    /// The text without spaces around it.
    static func trimmed(_ text: String) -> String {
        guard text.utf8.first == 0x20 || text.utf8.last == 0x20 else { return text }
        return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") }

    /// Moves past digits.
    /// - Returns: whether there was any.
    private static func skipDigits(_ place: inout Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = place
        while place < bytes.count, bytes[place] &- 0x30 < 10 { place += 1 }
        return place > start
    }
}
