/// Says what is wrong with a timestamp that cannot be read: the value as it was sent, and a correct form.
package enum TimestampAdvice {
    private static let example = "2024-03-20T15:04:05.123Z"

    /// - Parameters:
    ///   - field: the name of the field or parameter.
    ///   - text: text that is neither RFC 3339 nor one of the forms that ``Timestamp/init(lenient:)-(String)`` accepts.
    package static func unreadable(_ field: String, _ text: String) -> String {
        let shown = "\(field) \(quoted(text))"
        let bytes = text.utf8
        if !bytes.isEmpty, bytes.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) {
            return
                "\(shown) is a string of digits; send Unix seconds as a number without quotes, or RFC 3339 such as \"\(example)\""
        }
        if Timestamp(rfc3339: text + "Z") != nil {
            return
                "\(shown) has no offset; write \(quoted(text + "Z")) if it is UTC, else add the offset, such as +01:00"
        }
        if let time = withoutZoneName(text) {
            return "\(shown) names a time zone; write the offset in digits, such as \(quoted(time + "+01:00"))"
        }
        return
            "\(shown) is not a date and time in RFC 3339 with an offset, such as \"\(example)\" or \"2024-03-20T16:04:05+01:00\""
    }

    /// - Parameter number: the digits as they were sent, which are not Unix seconds of the years 1 to 9999.
    static func outOfCalendar(_ field: String, _ number: String) -> String {
        let shown = "\(field) \(number.prefix(60))"
        guard let value = Double(number), value.magnitude < 1e19 else {
            return "\(shown) is not Unix seconds between the years 1 and 9999"
        }
        let units = value.magnitude >= 1e17 ? "nanoseconds" : value.magnitude >= 1e14 ? "microseconds" : "milliseconds"
        let divisor = units == "nanoseconds" ? "1000000000" : units == "microseconds" ? "1000000" : "1000"
        return "\(shown) is not Unix seconds between the years 1 and 9999; \(units) must be divided by \(divisor)"
    }

    /// The date and time in front of the name of a time zone, such as `CET`, ` Europe/Paris` or `[Europe/Paris]`; nil if there is none.
    private static func withoutZoneName(_ text: String) -> String? {
        let name = text.utf8.reversed().prefix { isOfZoneName($0) }.count
        guard name > 0, name < text.utf8.count else { return nil }
        let time = String(text.utf8.dropLast(name)) ?? ""
        let bare = String(time.reversed().drop { $0 == " " }.reversed())
        return Timestamp(rfc3339: bare + "Z") == nil ? nil : bare
    }

    private static func isOfZoneName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "/"),
            UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }

    /// In quotes, and no longer than a message may be.
    private static func quoted(_ text: String) -> String {
        "\"\(Excerpt.of(text, longest: 60))\""
    }
}
