import Testing

@testable import Events

/// What a person reads of a timestamp that cannot be read, word for word.
@Suite struct TimestampAdviceTests {
    private static let general =
        #"is not a date and time in RFC 3339 with an offset, such as "2024-03-20T15:04:05.123Z" or "2024-03-20T16:04:05+01:00""#
    private static let digits =
        #"is a string of digits; send Unix seconds as a number without quotes, or RFC 3339 such as "2024-03-20T15:04:05.123Z""#

    @Test(arguments: [
        ("", "t \"\" \(general)"), ("yesterday", "t \"yesterday\" \(general)"), ("0", "t \"0\" \(digits)"),
        ("1710947045.5", "t \"1710947045.5\" \(digits)"), ("-5", "t \"-5\" \(general)"),
        (
            "2024-03-20T15:04:05",
            #"t "2024-03-20T15:04:05" has no offset; write "2024-03-20T15:04:05Z" if it is UTC, else add the offset, such as +01:00"#
        ),
        (
            "2024-03-20 15:04:05.5",
            #"t "2024-03-20 15:04:05.5" has no offset; write "2024-03-20 15:04:05.5Z" if it is UTC, else add the offset, such as +01:00"#
        ),
        (
            "2024-03-20T15:04:05CET",
            #"t "2024-03-20T15:04:05CET" names a time zone; write the offset in digits, such as "2024-03-20T15:04:05+01:00""#
        ),
        (
            "2024-03-20T15:04:05[Europe/Paris]",
            #"t "2024-03-20T15:04:05[Europe/Paris]" names a time zone; write the offset in digits, such as "2024-03-20T15:04:05+01:00""#
        ),
        (
            "2024-03-20 15:04:05   America/New_York",
            #"t "2024-03-20 15:04:05   America/New_York" names a time zone; write the offset in digits, such as "2024-03-20 15:04:05+01:00""#
        ),
        ("2024-03-20", "t \"2024-03-20\" \(general)"), ("CET", "t \"CET\" \(general)"),
        ("2024-02-30T15:04:05", "t \"2024-02-30T15:04:05\" \(general)"),
        ("2024-02-30T15:04:05 CET", "t \"2024-02-30T15:04:05 CET\" \(general)"),
        ("2024-03-20T15:04:05é", "t \"2024-03-20T15:04:05é\" \(general)"),
    ])
    func `quotes the text and says how to write it`(text: String, advice: String) {
        #expect(TimestampAdvice.unreadable("t", text) == advice)
    }

    @Test func `quotes no more than sixty characters`() {
        let long = String(repeating: "9", count: 61)
        #expect(TimestampAdvice.unreadable("t", long) == "t \"\(long.dropLast())…\" \(Self.digits)")
        #expect(TimestampAdvice.unreadable("t", String(long.dropLast())) == "t \"\(long.dropLast())\" \(Self.digits)")
    }

    /// The largest value of one unit, and the smallest of the next.
    @Test(arguments: [
        ("253402300800", "milliseconds", "1000"), ("-62135596801", "milliseconds", "1000"),
        ("1710947045123", "milliseconds", "1000"), ("99999999999999", "milliseconds", "1000"),
        ("100000000000000", "microseconds", "1000000"), ("1710947045123456", "microseconds", "1000000"),
        ("-99999999999999000", "microseconds", "1000000"), ("100000000000000000", "nanoseconds", "1000000000"),
        ("1710947045123456789", "nanoseconds", "1000000000"), ("9.9e18", "nanoseconds", "1000000000"),
    ])
    func `tells the unit of a number by its size`(number: String, unit: String, divisor: String) {
        #expect(
            TimestampAdvice.outOfCalendar("t", number)
                == "t \(number) is not Unix seconds between the years 1 and 9999; \(unit) must be divided by \(divisor)"
        )
    }

    @Test(arguments: ["1e19", "-1e19", "1e400", "-1e400", "9223372036854775808000"])
    func `names no unit of a number that no clock has`(number: String) {
        #expect(
            TimestampAdvice.outOfCalendar("t", number) == "t \(number) is not Unix seconds between the years 1 and 9999"
        )
    }
}
