import JSON
import Vendors

/// Checks numbers that may also come as text.
enum PolarDecimal {
    private static let mostDigits = 17
    private static let mostDecimals = 12

    /// What is wrong with an amount: up to 5 digits before and 12 after the point.
    static func error(in value: JSONValue) -> PolarValidationError? {
        guard let text = value.numberText ?? value.string.map(trimmed) else {
            return PolarValidationError(
                "decimal_type",
                "Decimal input should be an integer, float, string or Decimal object"
            )
        }
        if ["nan", "snan", "inf", "infinity"].contains(unsigned(text).lowercased()) { return .infinite }
        guard let number = number(text) else {
            return PolarValidationError("decimal_parsing", "Input should be a valid decimal")
        }
        let decimals = max(0, -number.exponent)
        let digits = max(number.digits.count + max(0, number.exponent), decimals)
        if digits > mostDigits {
            return PolarValidationError(
                "decimal_max_digits",
                "Decimal input should have no more than \(mostDigits) digits in total",
                context: #"{"max_digits":\#(mostDigits)}"#
            )
        }
        if decimals > mostDecimals {
            return PolarValidationError(
                "decimal_max_places",
                "Decimal input should have no more than \(mostDecimals) decimal places",
                context: #"{"decimal_places":\#(mostDecimals)}"#
            )
        }
        let whole = mostDigits - mostDecimals
        guard digits - decimals > whole else { return nil }
        return PolarValidationError(
            "decimal_whole_digits",
            "Decimal input should have no more than \(whole) digits before the decimal point",
            context: #"{"whole_digits":\#(whole)}"#
        )
    }

    /// What is wrong with a count of tokens: whole numbers, also as text or as a boolean.
    static func integerError(in value: JSONValue) -> PolarValidationError? {
        switch value.kind {
        case .bool: return nil
        case .number:
            // Whole numbers are read digit by digit, however many; those with a fraction or an exponent as 64-bit floats first.
            if value.node.isInteger { return nil }
            guard let float = value.numberText.flatMap({ Double($0) }), float.isFinite else { return .infinite }
            if abs(float) >= 0x1p63 { return .integerTooLarge }
            return float == float.rounded() ? nil : .fraction
        case .string:
            guard let text = value.string.map(trimmed), !text.contains(where: { "eE".contains($0) }),
                let number = number(text), number.isInteger
            else { return .unreadInteger }
            return nil
        case .null, .array, .object: return .notInteger
        }
    }

    private static func number(_ text: String) -> JSONNumber? {
        JSONNumber(text.hasPrefix("+") ? text.dropFirst() : text[...])
    }

    private static func unsigned(_ text: String) -> Substring {
        text.first.map { $0 == "+" || $0 == "-" } ?? false ? text.dropFirst() : text[...]
    }

    /// Without whitespace around it, as pydantic reads decimals.
    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
