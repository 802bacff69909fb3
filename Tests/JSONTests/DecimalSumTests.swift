import JSON
import TestSupport
import Testing

/// Sums of decimals are exact, or say that they are not.
@Suite struct DecimalSumTests {
    private func sum(_ texts: [String]) throws -> DecimalSum {
        var sum = DecimalSum()
        for text in texts { sum.add(try #require(JSONNumber(text))) }
        return sum
    }

    @Test(arguments: [
        ([], "0"), (["0.1", "0.2"], "0.3"), (["1e20", "1", "-1e20"], "1"), (["-0.5", "0.25"], "-0.25"),
        (["9007199254740993", "1"], "9007199254740994"),
        (["12345678901234567890.12345", "0"], "12345678901234567890.12345"),
        (["1e30", "1e-7"], "1000000000000000000000000000000.0000001"), (["5", "-5", "1e-300"], "1e-300"),
    ])
    func `adds without rounding`(numbers: [String], expected: String) throws {
        var difference = try sum(numbers)
        #expect(difference.isExact)
        difference.subtract(try #require(JSONNumber(expected)))
        #expect(difference.isExact && difference.approximation == 0)
    }

    @Test(arguments: [
        ["1e38", "0.1"], ["1e1000000", "1"], ["123456789012345678901234567890123456789"], ["9e37", "9e37", "1"],
    ])
    func `says so if a sum has too many digits`(numbers: [String]) throws {
        #expect(try !sum(numbers).isExact)
    }

    @Test(arguments: 1...20)
    func `gives the same sum in any order`(seed: Int) throws {
        // Hundredths, so that whole numbers tell what is right.
        let hundredths = (0..<200).map { ($0 + seed) * 7_919 % 2_000_001 * ($0 % 3 == 0 ? -1 : 1) }
        let texts = hundredths.map { number in
            let digits = String(abs(number) + 1_000_000_000)
            return "\(number < 0 ? "-" : "")\(digits.dropLast(2).dropFirst()).\(digits.suffix(2))"
        }
        let total = hundredths.reduce(0, +)
        for order in [texts, texts.reversed(), texts.sorted()] {
            var difference = try sum(order)
            difference.subtract(try #require(JSONNumber("\(total)e-2")))
            #expect(difference.isExact && difference.approximation == 0, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ([], "0"), (["0.1", "0.2"], "0.3"), (["-0.5", "0.25"], "-0.25"), (["100", "20"], "120"),
        (["1.50", "1.50"], "3"),
        (["0.001"], "0.001"), (["-12.5", "0"], "-12.5"), (["1e30"], "1000000000000000000000000000000"),
        (["1e-300"], "1e-300"), (["7e50", "1e50"], "8e50"), (["0.1", "-0.1"], "0"),
    ])
    func `is written without rounding`(numbers: [String], text: String) throws {
        #expect(try sum(numbers).text == text)
        #expect(try sum([text]).text == text)
    }

    @Test func `has no text if it is not exact`() throws { #expect(try sum(["1e38", "0.1"]).text == nil) }

    /// Against whole numbers, which tell what is right.
    @Test func `decimals are ordered by value, however they are written`() throws {
        let thousandths = [-20_000, -1_999, -200, -20, -1, 0, 1, 9, 10, 99, 100, 1_000, 1_001, 1_010, 20_000]
        func spellings(_ number: Int) -> [String] { ["\(number)e-3", "\(number)0e-4", "\(number)00000e-8"] }
        for left in thousandths {
            for right in thousandths {
                for (one, other) in zip(spellings(left), spellings(right).reversed()) {
                    let (first, second) = (try #require(JSONNumber(one)), try #require(JSONNumber(other)))
                    #expect((first < second) == (left < right), "\(one) < \(other)")
                }
            }
        }
        #expect(try #require(JSONNumber("-0")) < #require(JSONNumber("0.1")))
        #expect(try !(#require(JSONNumber("-0")) < #require(JSONNumber("0"))))
    }

    @Test(arguments: [
        ([], "0"), (["0.1", "0.2"], "0.3"), (["1e3"], "1000"), (["-2.50"], "-2.5"), (["5", "-5.0"], "0"),
        (["0.003", "-0.0005"], "0.0025"), (["1.5", "0.5"], "2"), (["-1e-3"], "-0.001"), (["120", "-20.000"], "100"),
        (["12345678901234567890.12345"], "12345678901234567890.12345"),
    ])
    func `is written in plain digits`(numbers: [String], text: String) throws {
        #expect(try sum(numbers).plainText == text)
    }

    @Test func `is not written where it is inexact or endless`() throws {
        #expect(try sum(["1e38", "0.1"]).plainText == nil)
        #expect(try sum(["1e1000000000"]).plainText == nil)
        #expect(try sum(["1e-1000000000"]).plainText == nil)
    }

    /// What cancels out leaves no trace: neither digits nor a power of ten of what was there.
    @Test(arguments: [
        (["1e60", "-1e60", "0.5"], "0.5"), (["1e-60", "-1e-60", "7e60"], "7e60"),
        (["3", "-3", "1e-38"], "0." + zeros + "1"),
        (["99999999999999999999999999999999999999", "-99999999999999999999999999999999999999", "1e-9"], "0.000000001"),
    ])
    func `begins anew after a sum of nothing`(numbers: [String], text: String) throws {
        #expect(try sum(numbers).text == text)
    }

    private static let zeros = String(repeating: "0", count: 37)

    @Test(
        arguments: [
            (["1e400"], .infinity), (["-1e400"], -.infinity), (["1e-400"], 0), (["-1e1000000000"], -.infinity),
            (["1e-1000000000"], 0), (["0.1", "0.2"], 0.3), (["-0"], 0), ([], 0),
            (["9007199254740993"], 9_007_199_254_740_992),
        ] as [([String], Double)]
    )
    func `approximates any sum, also beyond what a float holds`(numbers: [String], approximation: Double) throws {
        #expect(try sum(numbers).approximation == approximation)
    }

    /// The order decides only what is exact, never what an exact sum is.
    @Test func `an exact sum does not depend on the order`() throws {
        var random = SeededRandom()
        for _ in 0..<100 {
            let texts = (0..<12).map { _ in
                "\(Int.random(in: -99_999...99_999, using: &random))e\(Int.random(in: -20...20, using: &random))"
            }
            var found: Set<String> = []
            for _ in 0..<10 {
                let total = try sum(texts.shuffled(using: &random))
                #expect(total.isExact == (total.text != nil))
                if let text = total.text { found.insert(text) }
            }
            #expect(found.count <= 1, "seed \(SeededRandom.seed), \(texts): \(found)")
        }
    }
}
