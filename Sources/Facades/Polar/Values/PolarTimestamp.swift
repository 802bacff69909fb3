import Events
import JSON
import Vendors

/// Reads timestamps as Polar's model does: RFC 3339 and its relatives with an offset, or Unix time as a number or in digits.
///
/// Polar keeps microseconds, the gateway milliseconds; further digits are cut off.
struct PolarTimestamp {
    private let bytes: [UInt8]
    private var position = 0

    /// A timestamp in JSON: text, or Unix time.
    static func read(_ value: JSONValue) -> Result<Timestamp, PolarValidationError> {
        if let text = value.string { return read(text) }
        guard let number = value.numberText.flatMap({ JSONNumber($0) }) else {
            return .failure(PolarValidationError("datetime_type", "Input should be a valid datetime"))
        }
        return unix(number).mapError { .parsing("datetime_parsing", "Input should be a valid datetime", $0.reason) }
    }

    /// A timestamp in text.
    static func read(_ text: String) -> Result<Timestamp, PolarValidationError> {
        // The usual form needs no second look.
        if let timestamp = Timestamp(rfc3339: text), Timestamp.writable.contains(timestamp) {
            return .success(timestamp)
        }
        if let number = digits(text) { return unix(number).mapError { dateError($0.reason) } }
        var reader = PolarTimestamp(text)
        switch reader.readDateTime() {
        case .timestamp(let timestamp): return .success(timestamp)
        case .withoutOffset: return .failure(PolarValidationError("timezone_aware", "Input should have timezone info"))
        case .outside:
            return .failure(.parsing("datetime_parsing", "Input should be a valid datetime", "year 0 is out of range"))
        case .malformed: break
        }
        reader.position = 0
        if let reason = reader.dateReason() { return .failure(dateError(reason)) }
        return .failure(PolarValidationError("timezone_aware", "Input should have timezone info"))
    }

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    private static func dateError(_ reason: String) -> PolarValidationError {
        .parsing("datetime_from_date_parsing", "Input should be a valid datetime or date", reason)
    }
}

/// Unix time.
extension PolarTimestamp {
    private struct Outside: Error {
        let reason: String
    }

    /// Text of digits, perhaps with a sign and a fraction.
    private static func digits(_ text: String) -> JSONNumber? {
        let unsigned = text.utf8.first.map { "+-".utf8.contains($0) } ?? false ? text.dropFirst() : text[...]
        let parts = unsigned.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }), parts[0].count <= 18,
            parts.allSatisfy({ $0.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        let whole = parts[0].isEmpty ? "0" : String(Substring(parts[0]))
        let fraction = parts.count == 2 && !parts[1].isEmpty ? "." + String(Substring(parts[1])) : ""
        return JSONNumber("\(text.hasPrefix("-") ? "-" : "")\(whole)\(fraction)")
    }

    private static func unix(_ number: JSONNumber) -> Result<Timestamp, Outside> {
        let tooLate = Outside(reason: "dates after 9999 are not supported as unix timestamps")
        let tooEarly = Outside(reason: "dates before 0000 are not supported as unix timestamps")
        guard number.digits.count + number.exponent <= 15 else {
            return .failure(number.isNegative ? tooEarly : tooLate)
        }
        // Above 20,000,000,000 a number means milliseconds.
        let seconds = scaled(number, by: 3)
        let milliseconds =
            (-20_000_000_000_000...20_000_000_000_000).contains(seconds) ? seconds : scaled(number, by: 0)
        if milliseconds > Timestamp.writable.upperBound.milliseconds { return .failure(tooLate) }
        if milliseconds < Timestamp.writable.lowerBound.milliseconds { return .failure(tooEarly) }
        return .success(Timestamp(milliseconds: milliseconds))
    }

    /// The number times a power of ten, cut to a whole one towards the past.
    private static func scaled(_ number: JSONNumber, by power: Int) -> Int64 {
        let places = max(0, number.digits.count + number.exponent + power)
        var value: Int64 = 0
        for position in 0..<places {
            value = value * 10 + (position < number.digits.count ? Int64(number.digits[position]) : 0)
        }
        // Digits do not end in zeros, so what is left is more than nothing.
        return number.isNegative ? -value - (places < number.digits.count ? 1 : 0) : value
    }
}

/// Dates with times.
extension PolarTimestamp {
    private enum DateTime {
        case timestamp(Timestamp)
        case withoutOffset
        case outside
        case malformed
    }

    private mutating func readDateTime() -> DateTime {
        guard bytes.count > 10, dateReason(isWhole: false) == nil, "Tt _".utf8.contains(bytes[10]) else {
            return .malformed
        }
        position = 11
        guard let hour = digits(2), hour < 24, skip(":"), let minute = digits(2), minute < 60 else { return .malformed }
        var second = 0
        var fraction = ""
        if skip(":") {
            guard let read = digits(2), read < 60 else { return .malformed }
            second = read
            if skip(".") || skip(",") {
                fraction = takeDigits()
                if fraction.isEmpty { return .malformed }
            }
        }
        let isNaive = position == bytes.count
        guard isNaive || isOffset() else { return .malformed }
        if isNaive { return .withoutOffset }
        let clock = "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second)).\(fraction.isEmpty ? "0" : fraction)"
        let date = String(decoding: bytes.prefix(10), as: UTF8.self)
        if let timestamp = Timestamp(rfc3339: "\(date)T\(clock)\(offset)") {
            return Timestamp.writable.contains(timestamp) ? .timestamp(timestamp) : .outside
        }
        // Python's dates hold their own offset, so that only the year of the text counts.
        return date.hasPrefix("9999") ? .timestamp(Timestamp(milliseconds: .max)) : .outside
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The offset that ``isOffset()`` has checked, in the form of RFC 3339.
    private var offset: String {
        let text = String(decoding: bytes[position...], as: UTF8.self).replacing("\u{2212}", with: "-")
        guard text.utf8.count == 5 else { return text }
        return "\(text.prefix(3)):\(text.suffix(2))"
    }

    /// Whether what follows is `Z`, `+05:30` or `+0530`, also with the minus sign of typographers.
    private func isOffset() -> Bool {
        var reader = self
        if reader.skip("Z") || reader.skip("z") { return reader.position == bytes.count }
        let minus: [UInt8] = [0xE2, 0x88, 0x92]
        if bytes[position...].starts(with: minus) {
            reader.position += 3
        } else if !reader.skip("+"), !reader.skip("-") {
            return false
        }
        guard let hours = reader.digits(2), hours < 24 else { return false }
        _ = reader.skip(":")
        guard let minutes = reader.digits(2), minutes < 60 else { return false }
        return reader.position == bytes.count
    }

    /// What is wrong with the text as a date; nil if it is one.
    private func dateReason(isWhole: Bool = true) -> String? {
        guard bytes.count >= 10 else { return "input is too short" }
        func number(_ range: Range<Int>) -> Int? {
            guard bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        guard let year = number(0..<4) else { return "invalid character in year" }
        guard bytes[4] == UInt8(ascii: "-") else { return "invalid date separator, expected `-`" }
        guard let month = number(5..<7) else { return "invalid character in month" }
        guard bytes[7] == UInt8(ascii: "-") else { return "invalid date separator, expected `-`" }
        guard let day = number(8..<10) else { return "invalid character in day" }
        guard (1...12).contains(month) else { return "month value is outside expected range of 1-12" }
        guard day > 0, day <= Self.days(in: month, of: year) else { return "day value is outside expected range" }
        if isWhole, bytes.count > 10 { return "unexpected extra characters at the end of the input" }
        return nil
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        let digits = bytes[position..<(position + count)]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        position += count
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private mutating func takeDigits() -> String {
        let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
        position += digits.count
        return String(decoding: digits, as: UTF8.self)
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == scalar.value else { return false }
        position += 1
        return true
    }
}
