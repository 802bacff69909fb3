import Events
import TestSupport
import Testing

/// The calendar against one that counts day by day.
@Suite struct CivilDateTests {
    /// Every day of the years 0 to 9999, one after the other.
    @Test func `counts every day that a timestamp can name, without a gap`() throws {
        var days = try #require(CivilDate(year: 0, month: 1, day: 1)).daysSinceEpoch
        #expect(days == -719_528, "1970 years of 365 days, and their 478 leap days")
        for year in 0...9999 {
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (index, length) in lengths.enumerated() {
                if CivilDate.days(inMonth: index + 1, of: year) != length { Issue.record("\(year)-\(index + 1)") }
                for day in 1...length {
                    let date = CivilDate(year: year, month: index + 1, day: day)
                    if date?.daysSinceEpoch != days || date != CivilDate(daysSinceEpoch: days) {
                        Issue.record("\(year)-\(index + 1)-\(day)")
                        return
                    }
                    days += 1
                }
            }
        }
        #expect(days == 2_932_897, "the day after 9999-12-31")
    }

    @Test(arguments: [
        (2023, 2, 29), (2024, 2, 30), (1900, 2, 29), (2000, 13, 1), (2000, 0, 1), (2000, 1, 0), (2000, 4, 31),
        (2000, 1, 32),
        (2000, -1, 1), (2000, 1, -1), (2000, .max, 1), (2000, 1, .max), (2000, .min, .min),
    ])
    func `has no day that no calendar has`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test func `writes and reads random times of every year, and those beside each midnight`() {
        var random = SeededRandom()
        for _ in 0..<20_000 {
            let near = Int64.random(in: -719_528...2_932_896, using: &random) * 86_400_000
            for milliseconds in [near - 1, near, near + 1, Int64.random(in: Timestamp.range, using: &random)]
            where Timestamp.range.contains(milliseconds) {
                let timestamp = Timestamp(milliseconds: milliseconds)
                let text = timestamp.rfc3339
                #expect(Timestamp(rfc3339: text) == timestamp, "seed \(SeededRandom.seed): \(text)")
                #expect(text.utf8.count == 24)
                guard Timestamp.writable.contains(timestamp) else { continue }
                #expect(Timestamp(unixSeconds: timestamp.unixSeconds) == timestamp, "seed \(SeededRandom.seed)")
            }
        }
    }

    @Test func `text has the order of time`() {
        var random = SeededRandom()
        let times = (0..<500).map { _ in Timestamp(milliseconds: .random(in: Timestamp.range, using: &random)) }
        #expect(times.sorted().map(\.rfc3339) == times.map(\.rfc3339).sorted())
    }

    /// A text with one byte of another value is another time, or none; one that is cut short is none.
    @Test(arguments: ["2024-02-29T23:59:59.999Z", "1999-12-31t00:00:00+23:59", "2024-03-20 15:04:05-00:30"])
    func `reads no text that is damaged as the same time`(text: String) throws {
        let bytes = Array(text.utf8)
        let time = try #require(Timestamp(rfc3339: text))
        for place in bytes.indices {
            let cut = String(decoding: bytes[..<place], as: UTF8.self)
            #expect(Timestamp(rfc3339: cut) == nil && (Timestamp(lenient: cut) == nil || place > 19), "\(cut)")
            for byte in UInt8.min ... .max where byte != bytes[place] {
                var other = bytes
                other[place] = byte
                // The letters and the space are the same in three forms, and minus zero is plus zero.
                guard !"TtZz +-".utf8.contains(byte) else { continue }
                let read = Timestamp(rfc3339: String(decoding: other, as: UTF8.self))
                #expect(read != time, "byte \(place) as \(byte)")
                _ = Timestamp(lenient: String(decoding: other, as: UTF8.self))
            }
        }
    }
}
