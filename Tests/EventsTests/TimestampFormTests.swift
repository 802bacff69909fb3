import Events
import JSON
import TestSupport
import Testing

/// Times in every form that is read, against arithmetic on whole numbers.
@Suite struct TimestampFormTests {
    private func digits(_ number: Int, _ count: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    /// A time of the calendar with an offset, and the milliseconds that it means.
    private struct Sample {
        let text: String
        let offset: String
        let milliseconds: Int64
        let offsetMinutes: Int
    }

    private func sample(_ random: inout SeededRandom) -> Sample {
        let year = Int.random(in: 1...9998, using: &random)
        let month = Int.random(in: 1...12, using: &random)
        let day = Int.random(in: 1...CivilDate.days(inMonth: month, of: year), using: &random)
        let second = Int.random(in: 0..<86_400, using: &random)
        let places = Int.random(in: 0...12, using: &random)
        let fraction = (0..<places).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
        let offset = Int.random(in: -1439...1439, using: &random)
        let date = CivilDate(year: year, month: month, day: day)?.daysSinceEpoch ?? 0
        let milliseconds = Int((fraction + "000").prefix(3)) ?? 0
        let separator = ["T", "t", " "].randomElement(using: &random) ?? "T"
        return Sample(
            text: "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))\(separator)"
                + "\(digits(second / 3600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2))"
                + (places > 0 ? ".\(fraction)" : ""),
            offset: "\(offset < 0 ? "-" : "+")\(digits(abs(offset) / 60, 2)):\(digits(abs(offset) % 60, 2))",
            milliseconds: (Int64(date) * 86_400 + Int64(second)) * 1000 + Int64(milliseconds),
            offsetMinutes: offset
        )
    }

    @Test func `reads any date with any offset and any number of decimals`() {
        var random = SeededRandom()
        for _ in 0..<3000 {
            let sample = sample(&random)
            for (offset, minutes) in [("Z", 0), ("z", 0), (sample.offset, sample.offsetMinutes)] {
                let expected = Timestamp(milliseconds: sample.milliseconds - Int64(minutes) * 60_000)
                let text = sample.text + offset
                #expect(Timestamp(rfc3339: text) == expected, "seed \(SeededRandom.seed): \(text)")
                #expect(Timestamp(lenient: text) == expected, "seed \(SeededRandom.seed): \(text)")
            }
        }
    }

    @Test func `lenient forms mean the same as the strict one, and are refused where only that is read`() {
        var random = SeededRandom()
        for _ in 0..<1000 {
            let sample = sample(&random)
            let compact = sample.offset.replacing(":", with: "")
            let strict = Timestamp(rfc3339: sample.text + sample.offset)
            var forms = [compact, " " + compact, " " + sample.offset]
            if sample.offsetMinutes % 60 == 0 { forms += [String(compact.prefix(3)), " " + compact.prefix(3)] }
            for form in forms {
                #expect(
                    Timestamp(lenient: sample.text + form) == strict,
                    "seed \(SeededRandom.seed): \(sample.text)\(form)"
                )
                #expect(Timestamp(rfc3339: sample.text + form) == nil)
            }
            #expect(Timestamp(lenient: sample.text + " UTC") == Timestamp(rfc3339: sample.text + "Z"))
            #expect(Timestamp(lenient: sample.text) == nil, "without an offset it may be any time of a day")
        }
    }

    /// Where the text has no escapes it is read from the document, else from a text of its own.
    @Test func `reads a JSON string as it reads the text`() throws {
        var random = SeededRandom()
        for _ in 0..<500 {
            let sample = sample(&random)
            let text = sample.text + (Bool.random(using: &random) ? sample.offset : " UTC")
            let place = text.utf8.index(text.startIndex, offsetBy: Int.random(in: 0..<text.utf8.count, using: &random))
            let escape = "\\u00" + String(text.utf8[place], radix: 16)
            let escaped = String(text[..<place]) + escape + String(text[text.utf8.index(after: place)...])
            for json in ["\"\(text)\"", "\"\(escaped)\""] {
                let value = try JSONDocument(parsing: Array("[\(json),0]".utf8)).root.elements.first { _ in true }
                let string = try #require(value)
                #expect(Timestamp(lenient: string) == Timestamp(lenient: text), "\(json)")
                #expect(Timestamp(rfc3339: string) == Timestamp(rfc3339: text), "\(json)")
            }
        }
        for json in ["1710947045", "null", "true", "[]", "{}"] {
            let root = try JSONDocument(parsing: Array(json.utf8)).root
            #expect(Timestamp(lenient: root) == nil && Timestamp(rfc3339: root) == nil)
        }
    }

    /// Any spelling of a number of milliseconds and a rest below one.
    @Test func `cuts Unix seconds to the millisecond, towards zero`() {
        var random = SeededRandom()
        for _ in 0..<3000 {
            let milliseconds = Int64.random(in: -62_135_596_799_999...253_402_300_799_999, using: &random)
            let rest = Int.random(in: 0...999_999, using: &random)
            let (sign, size) = (milliseconds < 0 ? "-" : "", milliseconds.magnitude)
            let decimals = digits(Int(size % 1000), 3) + digits(rest, 6)
            let all = "\(size / 1000)\(decimals)"
            let forms = [
                "\(sign)\(size / 1000).\(decimals)", "\(sign)\(all)e-9", "\(sign)\(all)000E-12",
                "\(sign)0.\(all)e\(all.utf8.count - 9)",
                "\(sign)00\(size / 1000).\(decimals)00",
            ]
            for form in forms {
                #expect(
                    Timestamp(unixSeconds: form)?.milliseconds == milliseconds,
                    "seed \(SeededRandom.seed): \(form)"
                )
            }
        }
    }

    @Test(arguments: ExtremeNumbers.texts)
    func `reads any other text as a time of the calendar or as none`(text: String) {
        for time in [Timestamp(unixSeconds: text), Timestamp(rfc3339: text), Timestamp(lenient: text)] {
            guard let time else { continue }
            #expect(Timestamp.writable.contains(time), "\(text)")
        }
    }

    @Test func `moves by any duration as whole numbers do, up to the ends of the calendar`() {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let start = Int64.random(in: Timestamp.range, using: &random)
            let nanoseconds =
                Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...60, using: &random)
            let (moved, duration) = (start + nanoseconds / 1_000_000, Duration.nanoseconds(nanoseconds))
            let expected = min(max(moved, Timestamp.range.lowerBound), Timestamp.range.upperBound)
            #expect((Timestamp(milliseconds: start) + duration).milliseconds == expected, "seed \(SeededRandom.seed)")
            let other = Timestamp(milliseconds: Int64.random(in: Timestamp.range, using: &random))
            #expect(Timestamp(milliseconds: start) - other == .milliseconds(start - other.milliseconds))
        }
    }
}
