import JSON

/// Numbers as Ruby's readers take them from text.
enum LagoDecimal {
    /// Whether a text is a decimal number: digits, perhaps a sign, a fraction, an exponent.
    static func isNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        if let first = rest.first, "+-".utf8.contains(first) { rest.removeFirst() }
        guard takeDigits(&rest) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard takeDigits(&rest) else { return false }
        }
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if let sign = rest.first, "+-".utf8.contains(sign) { rest.removeFirst() }
            guard takeDigits(&rest) else { return false }
        }
        return rest.isEmpty
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

    private static func takeDigits(_ text: inout Substring.UTF8View) -> Bool {
        let digits = text.prefix { (0x30...0x39).contains($0) }
        text = text.dropFirst(digits.count)
        return !digits.isEmpty
    }
}
