package import JSON

/// RFC 3339 text and back. Written here because it runs twice for each event; the calendar is the proleptic Gregorian one.
extension Timestamp {
    /// Reads RFC 3339 with an offset: `2024-03-20T15:04:05.123Z`, `2024-03-20t16:04:05+01:00`, a space instead of the `T`.
    /// Digits beyond milliseconds are cut off, not rounded. Second 60 is refused: no vendor accepts it.
    /// - Returns: nil if the text has another form or names no real date or time, or one that has no text in UTC: in a year before 0 or
    ///   after 9999.
    package init?(rfc3339 text: String) {
        var text = text
        guard let milliseconds = text.withUTF8({ Self.milliseconds(rfc3339: $0) }) else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// Reads RFC 3339, and offsets that programs write in other forms with only one meaning: `+0000`, `+00`, each with a space before it,
    /// and ` UTC`.
    package init?(lenient text: String) {
        var text = text
        guard let milliseconds = text.withUTF8({ Self.milliseconds(rfc3339: $0, isLenient: true) }) else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// Reads the text of a JSON string as ``init(lenient:)-(String)`` does; if it has no escapes, directly from the document.
    /// - Returns: nil also if the value is not a string.
    package init?(lenient value: JSONValue) { self.init(value, isLenient: true) }

    /// Reads the text of a JSON string as ``init(rfc3339:)-(String)`` does; if it has no escapes, directly from the document.
    /// - Returns: nil also if the value is not a string.
    package init?(rfc3339 value: JSONValue) { self.init(value, isLenient: false) }

    private init?(_ value: JSONValue, isLenient: Bool) {
        guard let place = value.plainText else {
            guard var text = value.string else { return nil }
            guard let milliseconds = text.withUTF8({ Self.milliseconds(rfc3339: $0, isLenient: isLenient) }) else {
                return nil
            }
            self.init(milliseconds: milliseconds)
            return
        }
        let milliseconds = value.document.bytes.withUnsafeBufferPointer {
            Self.milliseconds(rfc3339: UnsafeBufferPointer(rebasing: $0[place]), isLenient: isLenient)
        }
        guard let milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }

    private static func milliseconds(rfc3339 text: UnsafeBufferPointer<UInt8>, isLenient: Bool = false) -> Int64? {
        var scanner = DigitScanner(bytes: text)
        guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.digits(2), scanner.skip(":"), let minute = scanner.digits(2), scanner.skip(":"),
            let second = scanner.digits(2), let millisecond = scanner.fraction(),
            let offset = scanner.offsetMinutes(isLenient: isLenient), scanner.isAtEnd,
            let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60, second < 60
        else { return nil }
        let minutes = (date.daysSinceEpoch * 24 + hour) * 60 + minute - offset
        let milliseconds = Int64((minutes * 60 + second) * 1000 + millisecond)
        return range.contains(milliseconds) ? milliseconds : nil
    }

    /// RFC 3339, UTC, always three decimals: `2024-03-20T15:04:05.123Z`.
    package var rfc3339: String {
        String(unsafeUninitializedCapacity: Self.rfc3339Bytes) { text in
            writeRFC3339(to: text)
            return Self.rfc3339Bytes
        }
    }

    fileprivate static let rfc3339Bytes = 24

    fileprivate func writeRFC3339(to text: UnsafeMutableBufferPointer<UInt8>) {
        let (days, rest) = Self.floorDivide(milliseconds, by: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        var writer = DigitWriter(bytes: text)
        writer.digits(4, of: date.year, then: "-")
        writer.digits(2, of: date.month, then: "-")
        writer.digits(2, of: date.day, then: "T")
        writer.digits(2, of: rest / 3_600_000, then: ":")
        writer.digits(2, of: rest / 60_000 % 60, then: ":")
        writer.digits(2, of: rest / 1000 % 60, then: ".")
        writer.digits(3, of: rest % 1000, then: "Z")
    }

    /// Unix seconds as decimal text with exactly three decimals: `1710947045.123`.
    package var unixSeconds: String {
        String(unsafeUninitializedCapacity: unixSecondsBytes) { text in
            writeUnixSeconds(to: text)
            return text.count
        }
    }

    fileprivate var unixSecondsBytes: Int {
        var (rest, bytes) = (milliseconds.magnitude / 10_000, milliseconds < 0 ? 6 : 5)
        while rest > 0 { (rest, bytes) = (rest / 10, bytes + 1) }
        return bytes
    }

    /// - Parameter text: of ``unixSecondsBytes``.
    fileprivate func writeUnixSeconds(to text: UnsafeMutableBufferPointer<UInt8>) {
        var rest = milliseconds.magnitude
        for place in text.indices.reversed() {
            if place == text.count - 4 {
                text.initializeElement(at: place, to: UInt8(ascii: "."))
            } else if place == 0, milliseconds < 0 {
                text.initializeElement(at: place, to: UInt8(ascii: "-"))
            } else {
                text.initializeElement(at: place, to: UInt8(ascii: "0") + UInt8(rest % 10))
                rest /= 10
            }
        }
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int, rest: Int) {
        let rest = ((value % divisor) + divisor) % divisor
        return (Int((value - rest) / divisor), Int(rest))
    }
}

extension JSONWriter {
    /// A member whose value is a timestamp: ``Timestamp/rfc3339``, written without an intermediate string.
    package mutating func member(_ name: String, timestamp: Timestamp) {
        key(name)
        string(plainBytes: Timestamp.rfc3339Bytes) { timestamp.writeRFC3339(to: $0) }
    }

    /// A member whose value is ``Timestamp/unixSeconds`` as text, written without an intermediate string.
    package mutating func member(_ name: String, unixSeconds timestamp: Timestamp) {
        key(name)
        string(plainBytes: timestamp.unixSecondsBytes) { timestamp.writeUnixSeconds(to: $0) }
    }
}

/// Puts fixed numbers of digits into memory that is as long as all of them.
private struct DigitWriter {
    let bytes: UnsafeMutableBufferPointer<UInt8>
    var place = 0

    init(bytes: UnsafeMutableBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    @inline(__always)
    mutating func digits(_ count: Int, of value: Int, then end: Unicode.Scalar) {
        var rest = value
        for digit in (place..<(place + count)).reversed() {
            bytes.initializeElement(at: digit, to: UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes.initializeElement(at: place + count, to: UInt8(ascii: end))
        place += count + 1
    }
}

/// Takes fixed numbers of digits and single characters off the front of a short text.
private struct DigitScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var place = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { place == bytes.count }

    mutating func digits(_ count: Int) -> Int? {
        guard place + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[place..<(place + count)] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        place += count
        return value
    }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard place < bytes.count, UInt32(bytes[place]) == scalar.value else { return false }
        place += 1
        return true
    }

    /// The milliseconds of an optional fraction; nil if there is a point without digits after it.
    mutating func fraction() -> Int? {
        guard skip(".") else { return 0 }
        var value = 0
        var count = 0
        while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
            if count < 3 { value = value * 10 + Int(bytes[place] - 0x30) }
            count += 1
            place += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }

    /// - Parameter isLenient: whether the colon and the minutes may be absent, a space may precede the sign, and ` UTC` is an offset.
    mutating func offsetMinutes(isLenient: Bool) -> Int? {
        if skip("Z") || skip("z") { return 0 }
        if isLenient, skip(" "), skip("U") { return skip("T") && skip("C") ? 0 : nil }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), hours < 24 else { return nil }
        if isLenient, isAtEnd { return sign * hours * 60 }
        guard skip(":") || isLenient, let minutes = digits(2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

extension Timestamp {
    /// Reads Unix seconds in decimal digits, truncated to the millisecond without an intermediate binary float.
    /// - Returns: nil if the number is outside the years 1 to 9999, as milliseconds mistaken for seconds are.
    package init?(unixSeconds text: String) {
        guard let number = JSONNumber(text) else { return nil }
        guard !number.digits.isEmpty else {
            self.init(milliseconds: 0)
            return
        }
        // More digits before the point than any year has, or a value below a millisecond.
        let wholeDigits = number.digits.count + number.exponent
        guard wholeDigits <= 12 else { return nil }
        guard wholeDigits + 3 > 0 else {
            self.init(milliseconds: 0)
            return
        }
        var milliseconds: Int64 = 0
        for place in 0..<(wholeDigits + 3) {
            let digit = place < number.digits.count ? Int64(number.digits[place]) : 0
            milliseconds = milliseconds * 10 + digit
        }
        let signed = number.isNegative ? -milliseconds : milliseconds
        guard Self.readable.contains(signed) else { return nil }
        self.init(milliseconds: signed)
    }

    /// From the year 1 to the end of the year 9999.
    private static let readable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
}
