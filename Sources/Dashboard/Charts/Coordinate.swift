/// Positions in a drawing as text.
enum Coordinate {
    /// To one decimal, without `.0`; infinite values and those that are not a number become 0.
    static func text(_ value: Double) -> String {
        var bytes: [UInt8] = []
        write(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A share of the width, 0 to 1, as `12.5%`.
    static func percent(_ share: Double) -> String { text(share * 100) + "%" }

    /// Appends what ``text(_:)`` says.
    static func write(_ value: Double, to bytes: inout [UInt8]) {
        let tenths = value.isFinite ? Int(min(max(value * 10, -1e7), 1e7).rounded()) : 0
        if tenths < 0 { bytes.append(UInt8(ascii: "-")) }
        let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        write(digitsOf: whole, to: &bytes)
        guard rest > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        write(digitsOf: rest, to: &bytes)
    }

    /// Appends an integer.
    static func write(digitsOf number: UInt, to bytes: inout [UInt8]) {
        var unit: UInt = 1
        while number / unit >= 10 { unit *= 10 }
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
            unit /= 10
        } while unit > 0
    }
}
