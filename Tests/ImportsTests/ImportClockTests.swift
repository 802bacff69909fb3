import Events
import OfRecord
import Testing

@testable import Imports

/// The times of a file, with and without an offset.
@Suite struct ImportClockTests {
    private func time(_ text: String, zone: String? = nil) throws -> String {
        do throws(RowFault) {
            return try ImportClock(zone: zone.flatMap { ZoneRules(named: $0) }).timestamp(text).rfc3339
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        ("2027-01-31T09:00:00Z", "2027-01-31T09:00:00.000Z"), ("2027-01-31t09:00:00z", "2027-01-31T09:00:00.000Z"),
        ("2027-01-31 09:00:00+02:00", "2027-01-31T07:00:00.000Z"),
        ("2027-01-31T09:00:00 UTC", "2027-01-31T09:00:00.000Z"),
        ("2027-01-31T09:00:00+0530", "2027-01-31T03:30:00.000Z"),
        ("2027-01-31T09:00:00-08", "2027-01-31T17:00:00.000Z"),
        ("2027-01-31T09:00:00.1239Z", "2027-01-31T09:00:00.123Z"), ("1700000000", "2023-11-14T22:13:20.000Z"),
        ("1700000000.5", "2023-11-14T22:13:20.500Z"), ("0", "1970-01-01T00:00:00.000Z"),
        ("-1", "1969-12-31T23:59:59.000Z"),
        ("1.7e9", "2023-11-14T22:13:20.000Z"), ("253402300799", "9999-12-31T23:59:59.000Z"),
    ])
    func `reads times with an offset, and Unix seconds, in whatever zone the file is`(text: String, expected: String)
        throws
    {
        for zone in [nil, "UTC", "America/New_York"] { #expect(try time(text, zone: zone) == expected) }
    }

    @Test(arguments: [
        "", " ", "yesterday", "2027-01", "31.01.2027", "01/31/2027", "2027-02-29", "2027-13-01", "2027-01-32",
        "2027-01-31T24:00:00", "2027-01-31T09:60", "2027-01-31T09", "20270131T090000", "2027-01-31T09:00:00+",
        "2027-01-31T09:00:00.", "1700000000000", "253402300800", "NaN", "+1", "0x10", "1e99", "2027-01-31\n",
        "１７０００００００",
        "2027-01-31T09:00:00Z trailing", "12:00", "2027-1-31",
    ])
    func `says of what is no time that it is none, with a zone or without`(text: String) throws {
        let message = "the timestamp \"\(text)\" is neither like 2027-01-31T09:00:00Z nor Unix seconds"
        #expect(try time(text) == message)
        #expect(try time(text, zone: "Europe/Berlin") == message)
    }

    @Test(arguments: [
        "2027-01-31", "2027-01-31 09:00", "2027-01-31T09:00", "2027-01-31 09:00:00", "2027-01-31T09:00:00.123456",
        "2028-02-29", "0001-01-01", "9999-12-31 23:59:59",
    ])
    func `asks for the zone of a time that has no offset`(text: String) throws {
        #expect(
            try time(text)
                == "the timestamp \"\(text)\" has no offset; add --timezone with the file's time zone, such as UTC"
        )
        #expect(try time(text, zone: "UTC").hasSuffix("Z"))
    }

    /// Summer time: an hour that a clock skips counts from its begin, and one that it shows twice is the first.
    @Test(arguments: [
        ("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29T00:59:59.000Z"),
        ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29T01:00:00.000Z"),
        ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00.000Z"),
        ("Europe/Berlin", "2026-10-25 02:00", "2026-10-25T00:00:00.000Z"),
        ("Europe/Berlin", "2026-10-25 02:59:59.999", "2026-10-25T00:59:59.999Z"),
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00.000Z"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00.000Z"),
        ("Asia/Kathmandu", "2026-06-01", "2026-05-31T18:15:00.000Z"),
        ("UTC", "2026-06-01 00:00", "2026-06-01T00:00:00.000Z"),
        ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30T10:00:00.000Z"),
    ])
    func `takes a time without an offset for what clocks show there`(zone: String, text: String, expected: String)
        throws
    {
        #expect(try time(text, zone: zone) == expected)
    }

    @Test func `bears times at the ends of the calendar in every zone`() throws {
        for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"] {
            for text in ["0000-01-01", "0001-01-01 00:00", "9999-12-31 23:59:59.999"] {
                let found = try time(text, zone: zone)
                #expect(Timestamp(rfc3339: found) != nil, "\(text) in \(zone): \(found)")
            }
        }
    }

    @Test func `quotes the beginning of a text of any length`() throws {
        let message = try time(String(repeating: "x", count: 1 << 20))
        #expect(message.utf8.count < 250)
        #expect(
            message.hasPrefix("the timestamp \"xxx")
                && message.hasSuffix("…\" is neither like 2027-01-31T09:00:00Z nor Unix seconds")
        )
        let fraction = try time("2027-01-31T09:00:00." + String(repeating: "1", count: 1 << 20))
        #expect(fraction.utf8.count < 250)
    }
}
