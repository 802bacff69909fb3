import Events
import JSON
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59.999Z", 951_868_799_999), ("1969-12-31T23:59:59.999Z", -1),
        ("2024-03-20T15:04:05.1Z", 1_710_947_045_100), ("2024-03-20t15:04:05z", 1_710_947_045_000),
        ("2024-03-20 20:34:05+05:30", 1_710_947_045_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func `reads RFC 3339`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        (#""2024-03-20T15:04:05.123Z""#, 1_710_947_045_123),
        (#" "2024-03-20T15:04:05\u002e123\u005a" "#, 1_710_947_045_123),
        (#""2024-03-20""#, nil), (#""2024-03-20T15:04:05\"Z""#, nil), (#""""#, nil), ("1710947045", nil), ("null", nil),
    ])
    func `reads RFC 3339 where it stands in JSON`(json: String, milliseconds: Int64?) throws {
        let document = try JSONDocument(parsing: Array(json.utf8))
        #expect(Timestamp(lenient: document.root)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2024-03-20", "2024-03-20T15:04:05", "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2024-03-20T24:00:00Z",
        "2024-03-20T15:04:60Z",
        "2024-03-20T15:04:05.Z", "2024-03-20T15:04:05+0530", "2024-03-20T15:04:05Zx", "1900-02-29T00:00:00Z",
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
    func `refuses what is no moment`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(arguments: [
        ("2026-11-20T13:43:38.368933+0000", "2026-11-20T13:43:38.368Z"),
        ("2026-11-20 13:43:38.458+00", "2026-11-20T13:43:38.458Z"),
        ("2026-11-20 13:43:38.458 +0000", "2026-11-20T13:43:38.458Z"),
        ("2026-11-20 13:43:38 UTC", "2026-11-20T13:43:38.000Z"),
        ("2026-11-20T13:43:38+0530", "2026-11-20T08:13:38.000Z"),
        ("2026-11-20T13:43:38 -02:30", "2026-11-20T16:13:38.000Z"),
        ("2026-11-20T13:43:38-03", "2026-11-20T16:43:38.000Z"),
        ("2026-11-20T13:43:38Z", "2026-11-20T13:43:38.000Z"),
    ])
    func `takes offsets in other forms that mean one thing, but not where the form is a vendor's`(
        text: String,
        moment: String
    ) {
        #expect(Timestamp(lenient: text)?.rfc3339 == moment)
        #expect((Timestamp(rfc3339: text) == nil) == !(text.hasSuffix("Z")))
    }

    @Test(arguments: [
        "2026-11-20T13:43:38", "2026-11-20T13:43:38UTC", "2026-11-20T13:43:38  +00:00", "2026-11-20T13:43:38 Z",
        "2026-11-20T13:43:38 CET", "2026-11-20T13:43:38+0", "2026-11-20T13:43:38+000", "2026-11-20T13:43:38+24",
        "2026-11-20T13:43:38+0060", "2026-11-20T13:43:38 UT", "2026-11-20T13:43:38 UTCx", "2026-11-20T13:43:38 00:00",
        "2026-11-20T13:43:38+00:", "2026-11-20T13:43:38 ", "2026-11-20 UTC",
    ])
    func `refuses every other form`(text: String) {
        #expect(Timestamp(lenient: text) == nil)
    }

    @Test(arguments: [
        ("2026-11-20T13:43:38", #"at "2026-11-20T13:43:38" has no offset; write "2026-11-20T13:43:38Z" if it is UTC"#),
        ("2026-11-20 13:43:38 CET", #"write the offset in digits, such as "2026-11-20 13:43:38+01:00""#),
        ("2026-11-20T13:43:38+01:00[Europe/Paris]", #"at "2026-11-20T13:43:38+01:00[Europe/Paris]" is not a date"#),
        ("1794332206", #"at "1794332206" is a string of digits; send Unix seconds as a number"#),
        ("20.11.2026", #"at "20.11.2026" is"#), ("", #"at "" is not a date"#), ("é", #"at "é" is not a date"#),
    ])
    func `quotes what it cannot read, and says what is right`(text: String, words: String) {
        #expect(TimestampAdvice.unreadable("at", text).contains(words), "\(TimestampAdvice.unreadable("at", text))")
    }

    @Test(arguments: [0, -1, 951_868_799_999, 1_710_947_045_123, -62_135_596_800_000, 253_402_300_799_999] as [Int64])
    func `reads back what it writes`(milliseconds: Int64) {
        let timestamp = Timestamp(milliseconds: milliseconds)
        #expect(Timestamp(rfc3339: timestamp.rfc3339) == timestamp)
        #expect(Timestamp(unixSeconds: timestamp.unixSeconds) == timestamp)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("at", timestamp: timestamp)
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"at":"\#(timestamp.rfc3339)"}"#)
    }

    @Test(arguments: [
        Int64.min, .min + 1, -62_167_219_200_001, -62_167_219_200_000, 0, 253_402_300_800_000, .max - 1, .max,
    ])
    func `stays within four digits of a year, whatever is added`(milliseconds: Int64) {
        let timestamp = Timestamp(milliseconds: milliseconds)
        #expect(Timestamp(rfc3339: timestamp.rfc3339) == timestamp)
        let durations = [
            Duration.milliseconds(Int64.min), .milliseconds(Int64.max), .seconds(Int64.max), .seconds(Int64.min), .zero,
        ]
        for duration in durations {
            let moved = timestamp + duration
            #expect(Timestamp.range.contains(moved.milliseconds))
            #expect(duration == .zero ? moved == timestamp : (duration > .zero) == (moved > .init(milliseconds: 0)))
            _ = moved - timestamp
        }
    }

    @Test(arguments: [
        ("253402300799.999", 253_402_300_799_999), ("253402300800", nil), ("-62135596800", -62_135_596_800_000),
        ("-62135596801", nil), ("1e9223372036854775807", nil), ("10e9223372036854775807", nil),
        ("1e-9223372036854775808", nil), ("1e-1000000000", 0), ("0e9223372036854775808", 0), ("-0", 0),
        ("9223372036854775807", nil), ("-9223372036854775808", nil), ("1e400", nil), ("NaN", nil),
        ("0.0009999", 0), ("1e9", 1_000_000_000_000),
    ])
    func `reads Unix seconds of any size, or none`(text: String, milliseconds: Int64?) {
        #expect(Timestamp(unixSeconds: text)?.milliseconds == milliseconds)
    }

    @Test func `writes Unix seconds with three decimals`() {
        #expect(Timestamp(milliseconds: 1_710_947_045_007).unixSeconds == "1710947045.007")
        #expect(Timestamp(milliseconds: 253_402_300_799_999).unixSeconds == "253402300799.999")
        #expect(Timestamp(milliseconds: -1).unixSeconds == "-0.001")
    }

    @Test(arguments: [
        (0, "0.000"), (9, "0.009"), (999, "0.999"), (1000, "1.000"), (9999, "9.999"), (10_000, "10.000"),
        (99_999, "99.999"), (100_000, "100.000"), (-999, "-0.999"), (-9999, "-9.999"), (-10_000, "-10.000"),
        (-62_167_219_200_000, "-62167219200.000"),
    ])
    func `writes Unix seconds of any length`(milliseconds: Int64, text: String) {
        let timestamp = Timestamp(milliseconds: milliseconds)
        #expect(timestamp.unixSeconds == text)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("at", unixSeconds: timestamp)
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"at":"\#(text)"}"#)
    }

    @Test(arguments: [
        (1, "0001-01-01"), (4, "0004-01-01"), (5, "0005-01-01"), (101, "0101-01-01"), (401, "0401-01-01"),
        (1969, "1969-01-01"), (1970, "1970-01-01"), (2000, "2000-01-01"), (2001, "2001-01-01"), (2106, "2106-01-01"),
        (9999, "9999-01-01"), (0, "0001-01-01"), (.min, "0001-01-01"), (10_000, "9999-01-01"), (.max, "9999-01-01"),
    ])
    func `knows when a year starts, and takes any number for one`(year: Int, date: String) {
        #expect(Timestamp.start(ofYear: year) == Timestamp(rfc3339: "\(date)T00:00:00Z"))
    }
}
