import Events
import JSON
import TestSupport
import Testing
import Vendors

@testable import Facades

/// Timestamps as Polar's model reads them, and what it says of those that it refuses.
@Suite struct PolarTimestampTests {
    private func error(_ text: String) -> PolarValidationError? {
        guard case .failure(let error) = PolarTimestamp.read(text) else { return nil }
        return error
    }

    @Test(arguments: [
        ("", "input is too short"), ("2026-03-0", "input is too short"), ("yyyy-03-01", "invalid character in year"),
        ("2026/03-01", "invalid date separator, expected `-`"), ("2026-xx-01", "invalid character in month"),
        ("2026-03/01", "invalid date separator, expected `-`"), ("2026-03-xx", "invalid character in day"),
        ("2026-13-01", "month value is outside expected range of 1-12"),
        ("2026-00-01", "month value is outside expected range of 1-12"),
        ("2026-02-29", "day value is outside expected range"), ("2026-04-31", "day value is outside expected range"),
        ("2026-03-00", "day value is outside expected range"),
        ("1900-02-29T00:00:00Z", "day value is outside expected range"),
        ("2026-03-01X00:00:00Z", "unexpected extra characters at the end of the input"),
        ("2026-03-01T24:00:00Z", "unexpected extra characters at the end of the input"),
        ("2026-03-01T00:00:60Z", "unexpected extra characters at the end of the input"),
        ("2026-03-01T00:00:00.Z", "unexpected extra characters at the end of the input"),
        ("2026-03-01T00:00:00+24:00", "unexpected extra characters at the end of the input"),
        ("2026-03-01T00:00:00+01:60", "unexpected extra characters at the end of the input"),
        ("2026-03-01T00:00:00ZZ", "unexpected extra characters at the end of the input"),
        ("9999999999999999", "dates after 9999 are not supported as unix timestamps"),
        ("-9999999999999999", "dates before 0000 are not supported as unix timestamps"),
    ])
    func `explains why a text is no time`(text: String, reason: String) {
        let error = error(text)
        #expect(error?.type == "datetime_from_date_parsing")
        #expect(error?.message == "Input should be a valid datetime or date, \(reason)")
        #expect(error?.context == #"{"error":"\#(reason)"}"#)
    }

    /// A date alone is one, without an offset.
    @Test(arguments: ["2026-03-01", "2026-03-01T00:00", "2026-03-01T00:00:00.123", "2024-02-29", "2000-02-29 23:59:59"])
    func `wants an offset`(text: String) {
        #expect(error(text) == PolarValidationError("timezone_aware", "Input should have timezone info"))
    }

    @Test(arguments: ["0000-01-01T00:00:00Z", "0000-12-31T23:59:59Z"])
    func `knows no year 0`(text: String) {
        let error = error(text)
        #expect(error?.message == "Input should be a valid datetime, year 0 is out of range")
        #expect(error?.type == "datetime_parsing")
    }

    /// In UTC it is the year 10000, and so in the future.
    @Test(arguments: ["9999-12-31T23:59:59-00:01", "9999-12-31T00:01:00-23:59", "9999-12-31 23:59:59.999-0030"])
    func `reads the last day of the calendar with any offset`(text: String) throws {
        #expect(try PolarTimestamp.read(text).get() == Timestamp(milliseconds: .max))
    }

    /// Above 20,000,000,000 a number means milliseconds.
    @Test(arguments: [
        ("20000000000", "2603-10-11T11:33:20.000Z"), ("20000000000.001", "1970-08-20T11:33:20.000Z"),
        ("20000000001", "1970-08-20T11:33:20.001Z"), ("-20000000000", "1336-03-23T12:26:40.000Z"),
        ("253402300799999", "9999-12-31T23:59:59.999Z"), ("0", "1970-01-01T00:00:00.000Z"),
        ("-0", "1970-01-01T00:00:00.000Z"),
        ("+5", "1970-01-01T00:00:05.000Z"), ("00000000000000005", "1970-01-01T00:00:05.000Z"),
        ("5.", "1970-01-01T00:00:05.000Z"),
        (".25", "1970-01-01T00:00:00.250Z"), ("-.0001", "1969-12-31T23:59:59.999Z"),
        ("1.9999", "1970-01-01T00:00:01.999Z"),
    ])
    func `reads Unix times in digits, cut towards the past`(text: String, time: String) throws {
        #expect(try PolarTimestamp.read(text).get().rfc3339 == time)
    }

    @Test(arguments: [
        ("253402300800000", "dates after 9999 are not supported as unix timestamps"),
        ("1e300", "dates after 9999 are not supported as unix timestamps"),
        ("-1e300", "dates before 0000 are not supported as unix timestamps"),
        ("-62135596800001", "dates before 0000 are not supported as unix timestamps"),
        ("9223372036854775808", "dates after 9999 are not supported as unix timestamps"),
    ])
    func `refuses numbers beyond the calendar`(number: String, reason: String) throws {
        let value = try JSONDocument(parsing: Array(number.utf8)).root
        guard case .failure(let error) = PolarTimestamp.read(value) else {
            Issue.record("\(number) was read")
            return
        }
        #expect(error.type == "datetime_parsing" && error.message == "Input should be a valid datetime, \(reason)")
    }

    @Test(arguments: ["null", "true", "[]", "{}"])
    func `refuses other kinds of value`(json: String) throws {
        let value = try JSONDocument(parsing: Array(json.utf8)).root
        guard case .failure(let error) = PolarTimestamp.read(value) else {
            Issue.record("\(json) was read")
            return
        }
        #expect(error.type == "datetime_type" && error.message == "Input should be a valid datetime")
    }

    /// The usual form and all others of one time.
    @Test func `spellings of one time are one`() throws {
        var random = SeededRandom()
        for _ in 0..<500 {
            let time = Timestamp(milliseconds: .random(in: -62_135_510_400_000...253_402_214_399_999, using: &random))
            let text = time.rfc3339
            let (day, clock) = (text.prefix(10), text.dropFirst(11).dropLast())
            let spellings = [
                "\(day) \(clock)Z", "\(day)t\(clock)z", "\(day)_\(clock)+0000",
                "\(day)T\(clock.replacing(".", with: ","))-00:00",
                "\(day)T\(clock)999999999Z",
            ]
            for spelling in spellings {
                #expect(try PolarTimestamp.read(spelling).get() == time, "\(spelling), seed \(SeededRandom.seed)")
            }
        }
    }

    @Test(arguments: [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"), ("2026-03-01T12:00:00.250Z", "2026-03-01T12:00:00.250000Z"),
        ("2026-03-01T12:00:00.001Z", "2026-03-01T12:00:00.001000Z"), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999000Z"),
    ])
    func `is shown with six decimals, or with none`(text: String, shown: String) throws {
        #expect(try #require(Timestamp(rfc3339: text)).polarText == shown)
    }
}
