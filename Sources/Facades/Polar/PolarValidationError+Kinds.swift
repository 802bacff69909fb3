import Vendors

/// The kinds of error that the gateway finds itself, in pydantic's words.
extension PolarValidationError {
    static let missing = PolarValidationError("missing", "Field required")
    static let notText = PolarValidationError("string_type", "Input should be a valid string")
    static let notDictionary = PolarValidationError("dict_type", "Input should be a valid dictionary")
    static let notModel = PolarValidationError(
        "model_attributes_type",
        "Input should be a valid dictionary or object to extract fields from"
    )
    static let notUUID = PolarValidationError("uuid_type", "UUID input should be a string, bytes or UUID object")
    static let notBool = PolarValidationError("bool_type", "Input should be a valid boolean")
    static let unreadBool = PolarValidationError(
        "bool_parsing",
        "Input should be a valid boolean, unable to interpret input"
    )
    static let notInteger = PolarValidationError("int_type", "Input should be a valid integer")
    static let unreadInteger = PolarValidationError(
        "int_parsing",
        "Input should be a valid integer, unable to parse string as an integer"
    )
    static let fraction = PolarValidationError(
        "int_from_float",
        "Input should be a valid integer, got a number with a fractional part"
    )
    static let infinite = PolarValidationError("finite_number", "Input should be a finite number")
    static let integerTooLarge = PolarValidationError(
        "int_parsing_size",
        "Unable to parse input string as an integer, exceeded maximum size"
    )
    static let zeroCharacter = value("This value contains invalid characters")
    static let future = value("Timestamp must be in the past.")

    /// An error that a validator of Polar's own found.
    static func value(_ message: String) -> PolarValidationError {
        PolarValidationError("value_error", "Value error, \(message)", context: #"{"error":{}}"#)
    }

    /// pydantic's error for a text with too many characters.
    static func tooLong(_ most: Int) -> PolarValidationError {
        let message = "String should have at most \(most) character\(most == 1 ? "" : "s")"
        return PolarValidationError("string_too_long", message, context: #"{"max_length":\#(most)}"#)
    }

    /// pydantic's error for a text with too few characters.
    static func tooShort(_ least: Int) -> PolarValidationError {
        let message = "String should have at least \(least) character\(least == 1 ? "" : "s")"
        return PolarValidationError("string_too_short", message, context: #"{"min_length":\#(least)}"#)
    }

    /// A list or dictionary with more items than allowed.
    /// - Parameter collection: `List` or `Dictionary`.
    static func tooMany(_ count: Int, in collection: String, most: Int) -> PolarValidationError {
        PolarValidationError(
            "too_long",
            "\(collection) should have at most \(most) items after validation, not \(count)",
            context: #"{"field_type":"\#(collection)","max_length":\#(most),"actual_length":\#(count)}"#
        )
    }

    /// A number beyond a limit.
    /// - Parameters:
    ///   - comparison: what it should be: `greater than`.
    ///   - name: of the limit in the context: `gt`.
    static func limit(_ type: String, _ comparison: String, _ name: String, _ limit: Int) -> PolarValidationError {
        PolarValidationError(type, "Input should be \(comparison) \(limit)", context: #"{"\#(name)":\#(limit)}"#)
    }

    /// A value that is none of a few words.
    static func notAmong(_ words: [String]) -> PolarValidationError {
        let quoted = words.map { "'\($0)'" }
        let list =
            quoted.count < 2 ? quoted.joined() : quoted.dropLast().joined(separator: ", ") + " or \(quoted.last!)"
        return PolarValidationError("enum", "Input should be \(list)", context: #"{"expected":"\#(list)"}"#)
    }
}
