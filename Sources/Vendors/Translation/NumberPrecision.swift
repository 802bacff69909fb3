package import JSON

/// Whether a vendor that reads numbers into 64-bit floats gets the number that was sent.
package enum NumberPrecision {
    /// Whether a JSON text could hold a number that a float does not keep: a quick look that may be wrong in one direction only.
    ///
    /// Up to 15 digits always survive, so only longer runs and exponents are worth a closer look.
    static func deservesLook(_ json: ArraySlice<UInt8>) -> Bool {
        json.withUnsafeBufferPointer { bytes in
            var digits = 0
            for byte in bytes {
                if byte &- 0x30 < 10 {
                    digits += 1
                    if digits > 15 { return true }
                } else if digits > 0 {
                    if byte | 0x20 == UInt8(ascii: "e") { return true }
                    if byte != UInt8(ascii: ".") { digits = 0 }
                }
            }
            return false
        }
    }

    /// Whether the number is beyond what a 64-bit float reaches.
    package static func overflows(_ number: ArraySlice<UInt8>) -> Bool {
        // 300 digits without an exponent cannot get there.
        if number.count < 300, !number.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) { return false }
        guard let value = Double(String(decoding: number, as: UTF8.self)) else { return true }
        return !value.isFinite
    }

    /// The first number in a value, however deep, that is beyond what a 64-bit float reaches; nil if there is none.
    package static func firstOverflow(in value: JSONValue) -> ArraySlice<UInt8>? {
        guard deservesLook(value.raw) else { return nil }
        for index in value.index..<Int(value.node.next) {
            let inner = JSONValue(document: value.document, index: index)
            if inner.kind == .number, overflows(inner.raw) { return inner.raw }
        }
        return nil
    }

    /// Whether a float gives back the same decimal value.
    static func survives(_ number: ArraySlice<UInt8>) -> Bool {
        if number.count <= 15, !number.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) { return true }
        let number = String(decoding: number, as: UTF8.self)
        guard let value = Double(number), let exact = JSONNumber(number), let read = JSONNumber(value.description)
        else {
            return false
        }
        return exact == read
    }

    /// The number without an exponent, because readers of numeric text often know none; as written if it has none, or if it would
    /// grow beyond sense.
    static func plainDecimal(_ number: String) -> String {
        guard number.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }), let exact = JSONNumber(number),
            (-400...400).contains(exact.exponent)
        else { return number }
        guard !exact.digits.isEmpty else { return "0" }
        var digits = exact.digits.map { $0 + 0x30 }
        if exact.exponent >= 0 {
            digits.append(contentsOf: repeatElement(0x30, count: exact.exponent))
        } else {
            let missing = 1 - exact.exponent - digits.count
            if missing > 0 { digits.insert(contentsOf: repeatElement(0x30, count: missing), at: 0) }
            digits.insert(UInt8(ascii: "."), at: digits.count + exact.exponent)
        }
        return (exact.isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
    }
}
