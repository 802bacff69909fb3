import Events
import JSON
import TestSupport
import Testing

@testable import Facades

/// Comparisons of a meter's filter, value against value.
@Suite struct PolarOperatorTests {
    private static let numbers: [Double] = [-.greatestFiniteMagnitude, -1, -0.0, 0, 0.5, 1, 2_147_483_647, .infinity]
    private static let texts = ["", "0", "1", "10", "A", "a", "aa", "b", "e\u{301}", "z", "é"]

    private func results(_ found: PolarFilterValue, _ value: PolarFilterValue) -> [Bool] {
        [PolarOperator.eq, .ne, .gt, .gte, .lt, .lte].map { $0.holds(found, value) }
    }

    private func expected<Value: Comparable>(_ left: Value, _ right: Value) -> [Bool] {
        [left == right, left != right, left > right, left >= right, left < right, left <= right]
    }

    @Test func `numbers are compared as numbers`() {
        for left in Self.numbers {
            for right in Self.numbers {
                #expect(results(.number(left), .number(right)) == expected(left, right), "\(left) \(right)")
            }
        }
    }

    @Test func `texts are compared byte for byte`() {
        for (left, one) in Self.texts.enumerated() {
            for (right, other) in Self.texts.enumerated() {
                #expect(results(.text(one), .text(other)) == expected(left, right), "\(one) \(other)")
            }
        }
    }

    @Test func `booleans are 1 and 0`() {
        #expect(results(.number(1), .bool(true)) == expected(1, 1))
        #expect(results(.number(1), .bool(false)) == expected(1, 0))
        #expect(results(.number(0.5), .bool(true)) == expected(0.5, 1))
    }

    /// Booleans are written as PostgreSQL abbreviates them, whole numbers without a fraction.
    @Test(arguments: [
        ("50% off", PolarFilterValue.text("0%"), true), ("50% off", .text("_"), false), ("abc", .text(""), true),
        ("", .text(""), true),
        ("x5y", .number(5), true), ("x5y", .number(5.5), false), ("5.5", .number(5.5), true),
        ("true", .bool(true), true),
        ("x", .bool(true), false), ("false", .bool(false), true), ("É", .text("é"), false),
        ("e\u{301}", .text("é"), false),
    ])
    func `like looks for the text itself`(found: String, value: PolarFilterValue, isIn: Bool) {
        #expect(PolarOperator.like.holds(.text(found), value) == isIn)
        #expect(PolarOperator.notLike.holds(.text(found), value) == !isIn)
    }

    @Test(arguments: [
        ("5", 5, "5"), (#""5""#, 5, "5"), ("true", 1, "true"), ("false", 0, "false"), ("null", 0, ""), ("{}", 0, "{}"),
        ("[1]", 0, "[1]"),
        (#""x""#, 0, "x"), ("1.50", 1.5, "1.50"), (#""""#, 0, ""),
    ])
    func `a property is a number and a text`(json: String, number: Double, text: String) throws {
        let value = try JSONDocument(parsing: Array(json.utf8)).root
        #expect(PolarFilterValue.number(of: value) == .number(number))
        #expect(PolarFilterValue.text(of: value) == .text(text))
        #expect(PolarFilterValue.number(of: nil) == .number(0) && PolarFilterValue.text(of: nil) == .text(""))
    }
}
