/// A sum of decimal numbers that is exact: no number passes through a binary float.
///
/// It holds 38 digits from its largest place to its smallest one. What needs more is no longer summed, and ``isExact`` says so.
package struct DecimalSum: Sendable, Equatable {
    /// Whether all numbers that were added are in it.
    package private(set) var isExact = true
    private var mantissa: Int128 = 0
    /// The power of ten of the last digit of the mantissa.
    private var exponent = 0

    private static let mostDigits = 38

    package init() {}

    /// Adds a number.
    package mutating func add(_ number: JSONNumber) { add(number, isSubtracted: false) }

    /// Takes a number away.
    package mutating func subtract(_ number: JSONNumber) { add(number, isSubtracted: true) }

    /// The sum as a JSON number without needless zeros; nil if it is not exact.
    package var text: String? {
        guard isExact else { return nil }
        guard mantissa != 0 else { return "0" }
        var (digits, exponent) = (String(mantissa.magnitude), exponent)
        while digits.hasSuffix("0") {
            digits.removeLast()
            exponent += 1
        }
        let sign = mantissa < 0 ? "-" : ""
        switch exponent {
        case 0: return sign + digits
        case 1...Self.mostDigits: return sign + digits + String(repeating: "0", count: exponent)
        case -Self.mostDigits ... -1:
            let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
            return "\(sign)\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))"
        default: return "\(sign)\(digits)e\(exponent)"
        }
    }

    /// The sum in digits alone, for those who read no exponent; nil if it is not exact, or too far from 1 to be written so.
    package var plainText: String? { text.flatMap { $0.utf8.contains(UInt8(ascii: "e")) ? nil : $0 } }

    /// The nearest 64-bit float.
    package var approximation: Double { Double("\(mantissa)e\(exponent)") ?? .infinity }

    private mutating func add(_ number: JSONNumber, isSubtracted: Bool) {
        guard isExact, !number.digits.isEmpty else { return }
        guard let value = Self.mantissa(number.digits) else { return isExact = false }
        if mantissa == 0 { exponent = number.exponent }
        let place = min(exponent, number.exponent)
        guard let own = Self.scaled(mantissa, by: exponent - place),
            let other = Self.scaled(value, by: number.exponent - place)
        else { return isExact = false }
        let (sum, overflows) =
            number.isNegative == isSubtracted
            ? own.addingReportingOverflow(other) : own.subtractingReportingOverflow(other)
        guard !overflows else { return isExact = false }
        (mantissa, exponent) = (sum, place)
    }

    /// Nil for more digits than are held.
    private static func mantissa(_ digits: [UInt8]) -> Int128? {
        guard digits.count <= mostDigits else { return nil }
        return digits.reduce(0) { $0 * 10 + Int128($1) }
    }

    private static func scaled(_ value: Int128, by places: Int) -> Int128? {
        guard value != 0 else { return 0 }
        guard places <= mostDigits else { return nil }
        var scaled = value
        for _ in 0..<places {
            let (next, overflows) = scaled.multipliedReportingOverflow(by: 10)
            guard !overflows else { return nil }
            scaled = next
        }
        return scaled
    }
}
