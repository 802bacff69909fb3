/// The exact decimal value of a number's text, without binary floats.
package struct JSONNumber: Equatable, Sendable {
    package let isNegative: Bool
    /// The significant digits without zeros in front or behind; empty for zero.
    package let digits: [UInt8]
    /// The power of ten of the last digit; 0 for zero.
    package let exponent: Int

    /// - Parameter text: a JSON number; nil for anything else, and for exponents beyond what an `Int` can hold.
    package init?(_ text: some StringProtocol) {
        var digits: [UInt8] = []
        var exponent = 0
        var rest = Substring(text).utf8[...]
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        var sawPoint = false
        var count = 0
        while let byte = rest.first, byte == UInt8(ascii: ".") || (0x30...0x39).contains(byte) {
            rest = rest.dropFirst()
            if byte == UInt8(ascii: ".") {
                guard !sawPoint else { return nil }
                sawPoint = true
            } else {
                digits.append(byte - 0x30)
                count += 1
                if sawPoint { exponent -= 1 }
            }
        }
        guard count > 0 else { return nil }
        if let byte = rest.first {
            guard byte | 0x20 == UInt8(ascii: "e"), let power = Int(Substring(rest.dropFirst())) else { return nil }
            let (sum, overflow) = exponent.addingReportingOverflow(power)
            guard !overflow else { return nil }
            exponent = sum
        }
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : exponent
    }

    package var isInteger: Bool { exponent >= 0 }

    /// Equal values are equal, however they are written: `1`, `1.0` and `10e-1`; `-0` is 0.
    package static func == (left: Self, right: Self) -> Bool {
        left.digits == right.digits && left.exponent == right.exponent
            && (left.isNegative == right.isNegative || left.digits.isEmpty)
    }
}

extension JSONValue {
    /// Whether two values say the same: member order and white space do not matter, numbers compare by exact value, strings by their
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
