import Events
import JSON
import Vendors

/// Reads a meter's filter from JSON, and reports errors as Polar's model does: of a clause that is none, once for each shape.
struct PolarMeterFilterReader {
    private(set) var errors: [PolarValidationError] = []

    private static let longestText = 1000
    private static let numbers = -2_147_483_648...2_147_483_647

    /// - Returns: nil if anything is wrong; ``errors`` says what.
    mutating func read(_ text: String) -> PolarMeterFilter? {
        let bytes = Array(text.utf8)
        do {
            let filter = readFilter(try JSONDocument(parsing: bytes, limits: JSONLimits(depth: 32)).root, [])
            return errors.isEmpty ? filter : nil
        } catch {
            let reason = "\(error.message) at line \(error.position.line) column \(error.position.column)"
            errors.append(.parsing("json_invalid", "Invalid JSON", reason, separator: ":").at([], text: text))
            return nil
        }
    }

    /// Reads a filter and collects every error in it, with its location.
    private mutating func readFilter(_ value: JSONValue, _ location: [PolarValidationError.Step]) -> PolarMeterFilter? {
        guard value.kind == .object else {
            add(Self.notObject("Filter"), location, value)
            return nil
        }
        let word = word("conjunction", of: value, among: ["and", "or"], location)
        guard let clauses = LastMemberWins.value("clauses", of: value) else {
            add(.missing, location + ["clauses"], value)
            return nil
        }
        guard clauses.kind == .array else {
            add(PolarValidationError("list_type", "Input should be a valid array"), location + ["clauses"], clauses)
            return nil
        }
        var filters: [PolarMeterFilter] = []
        for (index, clause) in clauses.elements.enumerated() {
            if let filter = readClauseOrFilter(clause, location + ["clauses", .index(index)]) {
                filters.append(filter)
            }
        }
        return word == "or" ? .any(filters) : .all(filters)
    }

    /// One of two shapes; what fits neither is reported for both.
    private mutating func readClauseOrFilter(_ value: JSONValue, _ location: [PolarValidationError.Step])
        -> PolarMeterFilter?
    {
        var clause = PolarMeterFilterReader()
        let asClause = clause.readClause(value, location + ["FilterClause"])
        if clause.errors.isEmpty { return asClause }
        var filter = PolarMeterFilterReader()
        let asFilter = filter.readFilter(value, location + ["Filter"])
        if filter.errors.isEmpty { return asFilter }
        errors += clause.errors + filter.errors
        return nil
    }

    /// Reads one comparison.
    private mutating func readClause(_ value: JSONValue, _ location: [PolarValidationError.Step]) -> PolarMeterFilter? {
        guard value.kind == .object else {
            add(Self.notObject("FilterClause"), location, value)
            return nil
        }
        var property = ""
        if let member = LastMemberWins.value("property", of: value) {
            property = member.string ?? ""
            if member.string == nil { add(.notText, location + ["property"], member) }
        } else {
            add(.missing, location + ["property"], value)
        }
        let operators = PolarOperator.allCases.map(\.rawValue)
        let comparison = word("operator", of: value, among: operators, location)
        guard let compared = LastMemberWins.value("value", of: value) else {
            add(.missing, location + ["value"], value)
            return nil
        }
        let found = readValue(compared, location + ["value"])
        guard let found, let comparison = comparison.flatMap(PolarOperator.init) else { return nil }
        let prefix = "metadata."
        let name = property.hasPrefix(prefix) ? String(property.dropFirst(prefix.count)) : property
        return .clause(property: name, comparison, found)
    }

    /// Text, a whole number or a boolean; each alternative has its own error.
    private mutating func readValue(_ value: JSONValue, _ location: [PolarValidationError.Step]) -> PolarFilterValue? {
        if let bool = value.bool { return .bool(bool) }
        if let text = value.string {
            if text.unicodeScalars.count <= Self.longestText { return .text(text) }
            add(.tooLong(Self.longestText), location + ["constrained-str"], value)
            add(.unreadInteger, location + ["constrained-int"], value)
            add(.unreadBool, location + ["bool"], value)
            return nil
        }
        let number = value.numberText.flatMap { JSONNumber($0) }
        let double = value.numberText.flatMap { Double($0) }
        if let number, number.isInteger, let double, Self.numbers.contains(Int(exactly: double) ?? .max) {
            return .number(double)
        }
        add(.notText, location + ["constrained-str"], value)
        add(Self.error(in: number), location + ["constrained-int"], value)
        let isInteger = number?.isInteger ?? false
        add(
            isInteger ? .unreadBool : .notBool,
            location + ["bool"],
            value
        )
        return nil
    }

    private static func error(in number: JSONNumber?) -> PolarValidationError {
        guard let number else { return .notInteger }
        guard number.isInteger else { return .fraction }
        if number.isNegative {
            return .limit("greater_than_equal", "greater than or equal to", "ge", numbers.lowerBound)
        }
        return .limit("less_than_equal", "less than or equal to", "le", numbers.upperBound)
    }

    /// pydantic's error for a value that must be an object.
    private static func notObject(_ name: String) -> PolarValidationError {
        PolarValidationError("model_type", "Input should be an object", context: #"{"class_name":"\#(name)"}"#)
    }

    /// Reads a text that must be one of these words.
    private mutating func word(
        _ name: String,
        of object: JSONValue,
        among words: [String],
        _ location: [PolarValidationError.Step]
    ) -> String? {
        guard let value = LastMemberWins.value(name, of: object) else {
            add(.missing, location + [.name(name)], object)
            return nil
        }
        if let word = value.string, words.contains(word) { return word }
        add(.notAmong(words), location + [.name(name)], value)
        return nil
    }

    /// Records an error with its location and the value that caused it.
    private mutating func add(
        _ error: PolarValidationError,
        _ location: [PolarValidationError.Step],
        _ input: JSONValue
    ) {
        errors.append(error.at(location, input: input))
    }
}
