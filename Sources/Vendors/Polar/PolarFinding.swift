import Events
import JSON

/// What is wrong with one value, as pydantic words it; where the value stands is told apart.
struct PolarFinding: Error, Equatable {
    let type: String
    let message: String
    /// `ctx` of the entry, a JSON object; nil if the kind of fault has none.
    var context: String?

    init(_ type: String, _ message: String, context: String? = nil) {
        self.type = type
        self.message = message
        self.context = context
    }

    static let missing = PolarFinding("missing", "Field required")
    static let notText = PolarFinding("string_type", "Input should be a valid string")
    static let notDictionary = PolarFinding("dict_type", "Input should be a valid dictionary")
    static let notInteger = PolarFinding("int_type", "Input should be a valid integer")
    static let unreadInteger = PolarFinding(
        "int_parsing",
        "Input should be a valid integer, unable to parse string as an integer"
    )
    static let fraction = PolarFinding(
        "int_from_float",
        "Input should be a valid integer, got a number with a fractional part"
    )
    static let infinite = PolarFinding("finite_number", "Input should be a finite number")
    static let integerTooLarge = PolarFinding(
        "int_parsing_size",
        "Unable to parse input string as an integer, exceeded maximum size"
    )
    static let zeroCharacter = value("This value contains invalid characters")
    static let future = value("Timestamp must be in the past.")

    /// A fault that a validator of Polar's own found.
    static func value(_ message: String) -> PolarFinding {
        PolarFinding("value_error", "Value error, \(message)", context: #"{"error":{}}"#)
    }

    static func tooLong(_ most: Int) -> PolarFinding {
        let message = "String should have at most \(most) character\(most == 1 ? "" : "s")"
        return PolarFinding("string_too_long", message, context: #"{"max_length":\#(most)}"#)
    }

    static func tooShort(_ least: Int) -> PolarFinding {
        let message = "String should have at least \(least) character\(least == 1 ? "" : "s")"
        return PolarFinding("string_too_short", message, context: #"{"min_length":\#(least)}"#)
    }

    /// A fault whose reason stands in the message and in the context.
    static func parsing(_ type: String, _ what: String, _ reason: String, mark: String = ",") -> PolarFinding {
        var context = JSONWriter(capacity: reason.utf8.count + 16)
        context.beginObject()
        context.member("error", string: reason)
        context.endObject()
        return PolarFinding(type, "\(what)\(mark) \(reason)", context: String(decoding: context.bytes, as: UTF8.self))
    }

    /// A value that is none of a few words.
    static func notAmong(_ words: [String]) -> PolarFinding {
        let quoted = words.map { "'\($0)'" }
        let list =
            quoted.count < 2 ? quoted.joined() : quoted.dropLast().joined(separator: ", ") + " or \(quoted.last!)"
        return PolarFinding("enum", "Input should be \(list)", context: #"{"expected":"\#(list)"}"#)
    }
}

/// One step on the way to a value.
enum PolarPlace: Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case name(String)
    case index(Int)

    init(stringLiteral value: String) { self = .name(value) }
    init(integerLiteral value: Int) { self = .index(value) }
}

/// A fault with its place and what was sent there.
struct PolarComplaint {
    let finding: PolarFinding
    let place: [PolarPlace]
    /// A JSON value.
    let input: ArraySlice<UInt8>

    init(_ finding: PolarFinding, at place: [PolarPlace], input: ArraySlice<UInt8>) {
        self.finding = finding
        self.place = place
        self.input = input
    }

    init(_ finding: PolarFinding, at place: [PolarPlace], input: JSONValue) {
        self.init(finding, at: place, input: input.raw)
    }

    init(_ finding: PolarFinding, at place: [PolarPlace], text: String) {
        var writer = JSONWriter(capacity: text.utf8.count + 2)
        writer.string(text)
        self.init(finding, at: place, input: writer.bytes[...])
    }
}
