import JSON
import TestSupport
import Testing

/// Exact decimals against arithmetic on whole numbers, at the ends of their types, and on random ones.
@Suite struct JSONNumberPropertyTests {
    @Test(arguments: ExtremeNumbers.texts)
    func `neither reading nor adding a number ends the program`(text: String) throws {
        guard let number = JSONNumber(text) else { return }
        #expect(abs(number.exponent) <= JSONNumber.largestExponent)
        #expect(number == number && !(number < number))
        for other in ExtremeNumbers.json {
            guard let other = JSONNumber(other) else { continue }
            // One of three holds, and only one.
            #expect([number < other, number == other, other < number].count { $0 } == 1, "\(number), \(other)")
            var sum = DecimalSum()
            sum.add(number)
            sum.add(other)
            var reversed = DecimalSum()
            reversed.add(other)
            reversed.add(number)
            #expect(sum.text == reversed.text)
            sum.subtract(other)
            guard sum.isExact, let text = sum.text else { continue }
            #expect(JSONNumber(text) == number, "\(number) + \(other) - \(other)")
        }
    }

    /// `0.00…0digits`, `digits000`, `digits`, with and without an exponent that undoes it.
    private func spellings(of digits: Int64, tens: Int) -> [String] {
        let sign = digits < 0 ? "-" : ""
        let text = String(digits.magnitude)
        let zeros = String(repeating: "0", count: 7)
        return [
            "\(digits)e\(tens)", "\(digits).000E\(tens)", "\(digits)\(zeros)e\(tens - 7)",
            "\(sign)0.\(zeros)\(text)e\(tens + 7 + text.count)",
        ]
    }

    @Test func `sees the same value in every spelling, and orders by value`() throws {
        var random = SeededRandom()
        for _ in 0..<3000 {
            let pair = (0..<2).map { _ in
                (digits: Int64.random(in: -2000...2000, using: &random), tens: Int.random(in: -5...5, using: &random))
            }
            // Whole numbers of the smallest place there is, 10 to the -5.
            let whole = pair.map { value in (0..<(value.tens + 5)).reduce(value.digits) { sum, _ in sum * 10 } }
            let texts = pair.map { spellings(of: $0.digits, tens: $0.tens) }
            let left = try #require(JSONNumber(texts[0].randomElement(using: &random)!))
            let right = try #require(JSONNumber(texts[1].randomElement(using: &random)!))
            #expect((left < right) == (whole[0] < whole[1]), "seed \(SeededRandom.seed): \(pair)")
            #expect((left == right) == (whole[0] == whole[1]), "seed \(SeededRandom.seed): \(pair)")
            for text in texts[0] { #expect(JSONNumber(text) == left, "\(text)") }
        }
    }

    @Test func `adds and subtracts as whole numbers do`() throws {
        var random = SeededRandom()
        for _ in 0..<500 {
            var sum = DecimalSum()
            var model: Int64 = 0
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let thousandths = Int64.random(in: -1_000_000...1_000_000, using: &random)
                let number = try #require(
                    JSONNumber(spellings(of: thousandths, tens: -3).randomElement(using: &random)!)
                )
                if Bool.random(using: &random) {
                    sum.add(number)
                    model += thousandths
                } else {
                    sum.subtract(number)
                    model -= thousandths
                }
            }
            let text = try #require(sum.plainText)
            #expect(JSONNumber(text) == JSONNumber("\(model)e-3"), "seed \(SeededRandom.seed)")
            #expect(!text.contains("e") && !(text.contains(".") && text.hasSuffix("0")), "\(text)")
            #expect(abs(sum.approximation - Double(model) / 1000) < 1e-6)
        }
    }

    /// 38 digits are held; the largest number of them is the last that can be added, and no further one fits beside it.
    @Test func `holds 38 digits, and says so where a 39th is needed`() throws {
        let largest = String(repeating: "9", count: 38)
        var sum = DecimalSum()
        sum.add(try #require(JSONNumber(largest)))
        #expect(sum.text == largest)
        var above = sum
        above.add(try #require(JSONNumber(largest)))
        #expect(!above.isExact && above.text == nil && above.plainText == nil)
        // What is inexact once stays so.
        above.subtract(try #require(JSONNumber(largest)))
        #expect(!above.isExact)
        sum.subtract(try #require(JSONNumber(largest)))
        #expect(sum.text == "0")
        var tooLong = DecimalSum()
        tooLong.add(try #require(JSONNumber(largest + "1")))
        #expect(!tooLong.isExact)
        var wide = DecimalSum()
        wide.add(try #require(JSONNumber("1" + String(repeating: "0", count: 60))))
        #expect(wide.isExact && wide.approximation == 1e60, "zeros are no digits")
    }

    /// Up to 38 places to either side the digits are written out, beyond them the power of ten.
    @Test(arguments: [
        ("1e38", "1" + String(repeating: "0", count: 38)), ("1e39", "1e39"),
        ("12e38", "12" + String(repeating: "0", count: 38)),
        ("1e-38", "0." + String(repeating: "0", count: 37) + "1"), ("1e-39", "1e-39"), ("-15e-39", "-15e-39"),
        ("-15e-1", "-1.5"), ("15e-2", "0.15"), ("15e-3", "0.015"), ("-0", "0"),
    ])
    func `writes digits as far as they are of use`(number: String, text: String) throws {
        var sum = DecimalSum()
        sum.add(try #require(JSONNumber(number)))
        #expect(sum.text == text)
        #expect(sum.plainText == (text.contains("e") ? nil : text))
    }

    @Test(arguments: [
        ("1", true), ("-0", true), ("1.0", true), ("10e-1", true), ("1e400", true), ("0.1", false), ("15e-1", false),
        ("1e-400", false), ("0e-400", true),
    ])
    func `knows whole numbers by their value`(text: String, isWhole: Bool) throws {
        #expect(try #require(JSONNumber(text)).isInteger == isWhole)
    }
}
