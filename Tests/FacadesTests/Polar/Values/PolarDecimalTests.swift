import JSON
import Testing
import Vendors

@testable import Facades

/// Amounts and counts of tokens as Polar's model takes them.
@Suite struct PolarDecimalTests {
    private func value(_ json: String) throws -> JSONValue { try JSONDocument(parsing: Array(json.utf8)).root }

    /// At most 5 digits before the point and 12 after it; the unit is cents.
    @Test(arguments: [
        "0", "99999", "-99999", "99999.999999999999", "0.000000000001", #""99999""#, #"" 5 ""#, #""+5""#, #""-1e4""#,
        "1e4",
        "1e-12", #""5.""#, #"".5""#, "0e999", "-0.0",
    ])
    func `takes an amount`(json: String) throws {
        #expect(PolarDecimal.error(in: try value(json)) == nil)
    }

    @Test(arguments: [
        ("100000", "decimal_whole_digits"), ("-100000", "decimal_whole_digits"), ("1e5", "decimal_whole_digits"),
        ("0.0000000000001", "decimal_max_places"), ("1e-13", "decimal_max_places"),
        ("123456.123456789012", "decimal_max_digits"),
        ("1e17", "decimal_max_digits"), ("1e16", "decimal_whole_digits"), ("1e300", "decimal_max_digits"),
        ("0." + String(repeating: "0", count: 17) + "1", "decimal_max_digits"), (#""x""#, "decimal_parsing"),
        (#""""#, "decimal_parsing"),
        (#""1,5""#, "decimal_parsing"), (#""NaN""#, "finite_number"), (#""-Infinity""#, "finite_number"),
        (#""+inf""#, "finite_number"),
        (#""sNaN""#, "finite_number"), ("null", "decimal_type"), ("true", "decimal_type"), ("[]", "decimal_type"),
    ])
    func `refuses an amount by the first rule that it breaks`(json: String, type: String) throws {
        #expect(PolarDecimal.error(in: try value(json))?.type == type)
    }

    @Test(arguments: [
        "0", "-5", "123456789012345678901234567890", "5.0", "5e3", #""5""#, #"" -5 ""#, #""+5""#, #""5.00""#, "true",
        "false", "9e18",
    ])
    func `takes a count of tokens`(json: String) throws {
        #expect(PolarDecimal.integerError(in: try value(json)) == nil)
    }

    @Test(arguments: [
        ("5.5", "int_from_float"), ("1e-1", "int_from_float"), ("1e19", "int_parsing_size"),
        ("-1e19", "int_parsing_size"),
        ("9.3e18", "int_parsing_size"), ("1e400", "finite_number"), (#""5e3""#, "int_parsing"),
        (#""5.5""#, "int_parsing"),
        (#""""#, "int_parsing"), (#""x""#, "int_parsing"), ("null", "int_type"), ("[]", "int_type"), ("{}", "int_type"),
    ])
    func `refuses a count of tokens`(json: String, type: String) throws {
        #expect(PolarDecimal.integerError(in: try value(json))?.type == type)
    }
}
