import JSON
import TestSupport
import Testing

@testable import Vendors

/// Which numbers a vendor that reads 64-bit floats gets as they were sent.
@Suite struct NumberPrecisionTests {
    private func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

    @Test(arguments: [
        "0", "-0", "1", "123456789012345", "9007199254740992", "9007199254740994", "0.1", "1.5e300",
        "100000000000000000000",
        "1e22", "0.30000000000000004", "5e-324", "1.7976931348623157e308", "1.10", "-2.50e1", "0e999", "1E5",
    ])
    func `survives as the same decimal value`(number: String) {
        #expect(NumberPrecision.survives(bytes(number)))
    }

    @Test(arguments: [
        "9007199254740993", "0.1000000000000000055", "1e400", "-1e400", "1e-400", "12345678901234567890",
        "1.00000000000000001",
        "179769313486231580793728971405301e276", "4e-324",
    ])
    func `does not survive`(number: String) {
        #expect(!NumberPrecision.survives(bytes(number)))
    }

    @Test(arguments: [
        ("1e308", false), ("1.8e308", true), ("-1.8e308", true), ("1e309", true), ("1e-400", false), ("0e400", false),
        (String(repeating: "9", count: 299), false), ("1" + String(repeating: "0", count: 308), false),
        ("1" + String(repeating: "0", count: 309), true), ("1e9223372036854775807", true),
        ("1e-9223372036854775807", false),
    ])
    func `knows what is beyond a float`(number: String, overflows: Bool) {
        #expect(NumberPrecision.overflows(bytes(number)) == overflows, "\(number.prefix(30))")
    }

    @Test func `finds the first number beyond a float, however deep`() throws {
        let text = #"{"a":[1,{"b":"1e999","c":[2e308,1e999]}],"d":1e400}"#
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        #expect(NumberPrecision.firstOverflow(in: root).map { String(decoding: $0, as: UTF8.self) } == "2e308")
        let inner = try #require(root["a"]?.elements.first { _ in true })
        #expect(NumberPrecision.firstOverflow(in: inner) == nil)
        let good = try JSONDocument(parsing: Array(#"["1e999",123456789012345678,1e300]"#.utf8)).root
        #expect(NumberPrecision.firstOverflow(in: good) == nil)
    }

    @Test(arguments: [
        ("1e3", "1000"), ("1.5E2", "150"), ("-1.5e-3", "-0.0015"), ("123e-2", "1.23"), ("1e0", "1"), ("-0e5", "0"),
        ("12.50e1", "125"), ("1e-1", "0.1"), ("100e-2", "1"), ("1.23e1", "12.3"), ("0.00", "0.00"), ("1.50", "1.50"),
        // Beyond sense it stays as it was.
        ("1e401", "1e401"), ("1e-401", "1e-401"), ("1e9223372036854775807", "1e9223372036854775807"),
    ])
    func `writes a number without an exponent`(number: String, plain: String) {
        #expect(NumberPrecision.plainDecimal(number) == plain)
    }

    @Test func `never changes a value, whatever its digits`() throws {
        var random = SeededRandom()
        for _ in 0..<3000 {
            let digits = (0..<Int.random(in: 1...25, using: &random)).map { _ in
                "\(Int.random(in: 0...9, using: &random))"
            }.joined()
            let number = "-0.\(digits)e\(Int.random(in: -60...60, using: &random))"
            let plain = NumberPrecision.plainDecimal(number)
            #expect(
                !plain.contains("e") && JSONNumber(plain) == JSONNumber(number),
                "\(number), seed \(SeededRandom.seed)"
            )
            // What has to be looked at is never overlooked.
            if !NumberPrecision.survives(bytes(number)) { #expect(NumberPrecision.deservesLook(bytes(number))) }
        }
    }
}
