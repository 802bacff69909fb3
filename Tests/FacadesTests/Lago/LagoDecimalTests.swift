import Events
import JSON
import TestSupport
import Testing

@testable import Facades

/// Numbers in text as Ruby reads and prints them.
@Suite struct LagoDecimalTests {
    @Test(arguments: [
        "0", "7", "-7", "+7", "007", "1.5", "1e3", "1E-3", "-1.5e+10", "0.0000000001",
        String(repeating: "9", count: 400),
    ])
    func `a number has digits, perhaps a sign, a fraction and an exponent`(text: String) {
        #expect(LagoDecimal.isNumber(text))
    }

    @Test(arguments: [
        "", "-", "+", ".", ".5", "5.", "1.e3", "1e", "1e+", "--1", "+-1", "1 ", " 1", "1,5", "0x10", "1_000", "NaN",
        "Infinity",
        "\u{661}", "1\u{0}", "1.5.5", "1e1.5", "½",
    ])
    func `anything else is none`(text: String) {
        #expect(!LagoDecimal.isNumber(text) && LagoDecimal.plain(text) == nil)
    }

    @Test(
        arguments: [
            ("1234.56", "1234.56"), ("100", "100.0"), ("-0", "0.0"), ("0.000", "0.0"), ("1e3", "1000.0"),
            ("1.5e-3", "0.0015"),
            ("-0012.50", "-12.5"), ("+7", "7.0"), ("1e100", "1" + String(repeating: "0", count: 100) + ".0"),
            ("1e-100", "0." + String(repeating: "0", count: 99) + "1"), ("120e-1", "12.0"), ("1e101", nil),
            ("1e-101", nil),
            ("1e9223372036854775807", nil),
            (String(repeating: "7", count: 100), String(repeating: "7", count: 100) + ".0"),
            (String(repeating: "7", count: 101), nil), ("0e9999", "0.0"),
        ] as [(String, String?)]
    )
    func `prints plain digits with a decimal at least, of a size that makes sense`(text: String, plain: String?) {
        #expect(LagoDecimal.plain(text) == plain)
    }

    @Test func `never changes a value`() {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let whole = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                "\(Int.random(in: 0...9, using: &random))"
            }
            let fraction = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                "\(Int.random(in: 0...9, using: &random))"
            }
            let number = "-\(whole.joined()).\(fraction.joined())e\(Int.random(in: -20...20, using: &random))"
            let plain = LagoDecimal.plain(number) ?? ""
            #expect(JSONNumber(plain) == JSONNumber(number), "\(number), seed \(SeededRandom.seed)")
            #expect(plain.contains(".") && !plain.contains("e") && LagoDecimal.plain(plain) == plain)
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("1772366400", 1_772_366_400_000), ("1772366400.25", 1_772_366_400_250), ("1.0009", 1000),
            ("1.9999", 1999),
            ("99999999999", 99_999_999_999_000), ("0.001", 1), ("0.0009", 0), ("007", 7000),
            ("1." + String(repeating: "9", count: 400), 1999), ("999999999999", nil), ("-1", nil), ("+1", nil),
            ("1.", nil), (".5", nil),
            ("1e3", nil), ("", nil), ("1.2.3", nil), ("1 ", nil), ("\u{661}", nil),
        ] as [(String, Int64?)]
    )
    func `reads seconds in the usual form to the millisecond, cutting off what is left`(
        text: String,
        milliseconds: Int64?
    ) {
        #expect(LagoDecimal.plainMilliseconds(text) == milliseconds)
    }

    /// Where both readers know a number they agree.
    @Test func `agrees with the reader of all forms`() {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let decimals =
                String(repeating: "0", count: Int.random(in: 0...3, using: &random))
                + "\(Int.random(in: 0...9999, using: &random))"
            let text = "\(Int64.random(in: 0...99_999_999_999, using: &random)).\(decimals)"
            let plain = LagoDecimal.plainMilliseconds(text)
            #expect(plain.map { Timestamp(milliseconds: $0) } == Timestamp(unixSeconds: text), "\(text)")
        }
    }

    @Test(arguments: [("  7 ", "7"), ("7", "7"), (" ", ""), ("", ""), ("\t7", "\t7"), (" 7 8 ", "7 8")])
    func `cuts off spaces alone`(text: String, trimmed: String) {
        #expect(LagoDecimal.trimmed(text) == trimmed)
    }
}
