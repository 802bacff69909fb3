/// The exact decimal value of a number's text, without binary floats.
package struct JSONNumber: Equatable, Sendable {
    package let isNegative: Bool
    /// The significant digits without leading or trailing zeros; empty for zero.
    package let digits: [UInt8]
    /// The power of ten of the last digit; 0 for zero. At most ``largestExponent`` in magnitude, so that sums with a number of
    /// digits never overflow.
    package let exponent: Int

    /// The largest magnitude of an exponent. Numbers beyond it are read by nobody: a 64-bit float ends at 308.
    package static let largestExponent = 1_000_000_000

    /// - Parameter text: a JSON number, or one as other formats write it, with leading zeros or no digit on one side of the point: `.5`,
    ///   `5.`, `007`; nil for anything else, and for exponents above ``largestExponent``.
    package init?(_ text: some StringProtocol) {
        var rest = Substring(text).utf8[...]
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        guard let (all, decimals) = Self.takeDigits(from: &rest), let power = Self.power(rest) else { return nil }
        let significant = all.drop { $0 == 0 }
        let zeros = significant.reversed().prefix { $0 == 0 }.count
        digits = Array(significant.dropLast(zeros))
        guard !digits.isEmpty else {
            exponent = 0
            return
        }
        let (shifted, overflows) = power.addingReportingOverflow(zeros - decimals)
        guard !overflows, (-Self.largestExponent...Self.largestExponent).contains(shifted) else { return nil }
        exponent = shifted
    }

    /// Takes the digits before the exponent, and counts those after the point.
    private static func takeDigits(from rest: inout Substring.UTF8View) -> (digits: [UInt8], decimals: Int)? {
        var digits: [UInt8] = []
        var decimals: Int?
        while let byte = rest.first {
            if byte == UInt8(ascii: ".") {
                guard decimals == nil else { return nil }
                decimals = 0
            } else if (0x30...0x39).contains(byte) {
                digits.append(byte - 0x30)
                decimals = decimals.map { $0 + 1 }
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        return digits.isEmpty ? nil : (digits, decimals ?? 0)
    }

    /// The value of an exponent, which may be absent. Exponents that no `Int` holds become the largest one of their sign.
    private static func power(_ text: Substring.UTF8View) -> Int? {
        guard let letter = text.first else { return 0 }
        guard letter | 0x20 == UInt8(ascii: "e") else { return nil }
        let signed = text.dropFirst()
        let isNegative = signed.first == UInt8(ascii: "-")
        let digits = isNegative || signed.first == UInt8(ascii: "+") ? signed.dropFirst() : signed
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(Substring(signed)) ?? (isNegative ? .min : .max)
    }

    package var isInteger: Bool { exponent >= 0 }

    /// Equal values are equal, however they are written: `1`, `1.0` and `10e-1`; `-0` is 0.
    package static func == (left: Self, right: Self) -> Bool {
        left.digits == right.digits && left.exponent == right.exponent
            && (left.isNegative == right.isNegative || left.digits.isEmpty)
    }
}

extension JSONNumber: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        let (isBelow, isRightBelow) = (
            left.isNegative && !left.digits.isEmpty, right.isNegative && !right.digits.isEmpty
        )
        guard isBelow == isRightBelow else { return isBelow }
        return isBelow ? isSmaller(right, left) : isSmaller(left, right)
    }

    /// Compares without signs.
    private static func isSmaller(_ left: Self, _ right: Self) -> Bool {
        guard !left.digits.isEmpty, !right.digits.isEmpty else { return left.digits.isEmpty && !right.digits.isEmpty }
        // The power of ten before the first digit.
        let places = (left.digits.count + left.exponent, right.digits.count + right.exponent)
        guard places.0 == places.1 else { return places.0 < places.1 }
        return left.digits.lexicographicallyPrecedes(right.digits)
    }
}

extension JSONValue {
    /// Whether two values say the same: member order and whitespace do not matter, numbers compare by exact value, strings by their
    /// code points. An object with a key twice equals none.
    package static func sameContent(_ left: JSONValue, _ right: JSONValue) -> Bool {
        guard left.kind == right.kind else { return false }
        switch left.kind {
        case .null: return true
        case .bool: return left.bool == right.bool
        case .string: return left.string.map { Array($0.utf8) } == right.string.map { Array($0.utf8) }
        case .number:
            if left.raw == right.raw { return true }
            guard let one = left.numberText.flatMap({ JSONNumber($0) }),
                let other = right.numberText.flatMap({ JSONNumber($0) })
            else { return false }
            return one == other
        case .array:
            let (one, other) = (Array(left.elements), Array(right.elements))
            return one.count == other.count && zip(one, other).allSatisfy { sameContent($0, $1) }
        case .object:
            let (one, other) = (membersByName(left), membersByName(right))
            guard let one, let other, one.count == other.count else { return false }
            return one.allSatisfy { name, value in other[name].map { sameContent(value, $0) } ?? false }
        }
    }

    private static func membersByName(_ object: JSONValue) -> [[UInt8]: JSONValue]? {
        var members: [[UInt8]: JSONValue] = [:]
        for member in object.members {
            guard members.updateValue(member.value, forKey: Array(member.name.utf8)) == nil else { return nil }
        }
        return members
    }
}
