import Events
import Testing

@testable import Facades

/// Times as Go reads and writes them, and keys of pages.
@Suite struct FlexpriceTimeTests {
    @Test(arguments: [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"), ("2026-03-01T12:00:00.120Z", "2026-03-01T12:00:00.12Z"),
        ("2026-03-01T12:00:00.100Z", "2026-03-01T12:00:00.1Z"),
        ("2026-03-01T12:00:00.001Z", "2026-03-01T12:00:00.001Z"),
        ("2026-03-01T12:00:00.0009Z", "2026-03-01T12:00:00Z"), ("2026-03-01T14:00:00+02:00", "2026-03-01T12:00:00Z"),
        ("2026-03-01T10:10:10.010Z", "2026-03-01T10:10:10.01Z"), ("2000-10-10T10:10:10Z", "2000-10-10T10:10:10Z"),
    ])
    func `zeros at the end of a fraction are left out, and no others`(text: String, shown: String) throws {
        #expect(FlexpriceTimestamp.text(try #require(FlexpriceTimestamp.read(text))) == shown)
    }

    @Test(arguments: [
        "2026-03-01t12:00:00Z", "2026-03-01T12:00:00z", "2026-03-01 12:00:00Z", "2026-03-01T12:00:00",
        "2026-03-01T12:00Z", "",
        "2026-03-01", "2026-03-01T12:00:00+0530", "2026-03-01T12:00:60Z", "2026-03-01T24:00:00Z",
        "2026-03-01T12:00:00+24:00",
        "1772366400", "2026-02-29T12:00:00Z", "éééééT", "2026-03-01T12:00:00 UTC",
    ])
    func `Go's reader is stricter than the standard`(text: String) {
        #expect(FlexpriceTimestamp.read(text) == nil)
    }

    @Test(arguments: [
        ("0001-01-01T00:00:00Z", true), ("0001-01-01T01:00:00+01:00", true), ("0001-01-01T00:00:00.001Z", false),
        ("1970-01-01T00:00:00Z", false),
    ])
    func `the zero time stands for none`(text: String, isZero: Bool) throws {
        #expect(FlexpriceTimestamp.isZero(try #require(FlexpriceTimestamp.read(text))) == isZero)
    }

    @Test(
        arguments: [
            ("1710947045123000000::7", 1_710_947_045_123, 7), ("0::1", 0, 1), ("-1000000::1", -1, 1),
            ("1999999::1", 1, 1),
            ("9223372036854775807::1152921504606846975", 9_223_372_036_854, (1 << 60) - 1),
        ] as [(String, Int64, Int64)]
    )
    func `a key has nanoseconds and a number of the journal`(key: String, milliseconds: Int64, number: Int64) throws {
        let cursor = try FlexpriceCursor.read(key)
        #expect(cursor.timestamp == Timestamp(milliseconds: milliseconds) && cursor.sequence == SequenceNumber(number))
    }

    @Test(arguments: [
        ("", "Invalid cursor key format"), ("1", "Invalid cursor key format"), ("1:2", "Invalid cursor key format"),
        ("1::2::3", "Invalid cursor key format"), ("x::1", "Invalid timestamp while parsing cursor"),
        ("::1", "Invalid timestamp while parsing cursor"),
        ("9223372036854775808::1", "Invalid timestamp while parsing cursor"),
        ("1::", "Invalid cursor key format"), ("1::0", "Invalid cursor key format"),
        ("1::-1", "Invalid cursor key format"),
        ("1::x", "Invalid cursor key format"), ("1::9223372036854775808", "Invalid cursor key format"),
    ])
    func `a key of another form is refused in Flexprice's words`(key: String, message: String) {
        let error = #expect(throws: EarlyAnswer.self) { try FlexpriceCursor.read(key) }
        #expect(error?.answer.status == 400)
        #expect(
            error.map { String(decoding: $0.answer.body, as: UTF8.self) }
                == #"{"code":"validation_error","message":"\#(message)","http_status_code":400}"#
        )
    }
}
