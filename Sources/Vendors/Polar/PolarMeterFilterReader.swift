import Events
import JSON

/// Reads a meter's filter from JSON, and complains as Polar's model does: of a clause that is none, once for each shape.
struct PolarMeterFilterReader {
    private(set) var complaints: [PolarComplaint] = []

    private static let longestText = 1000
    private static let numbers = -2_147_483_648...2_147_483_647

    /// - Returns: nil if anything is wrong; ``complaints`` says what.
    mutating func read(_ text: String) -> PolarMeterFilter? {
        let bytes = Array(text.utf8)
        do {
            let filter = readFilter(try JSONDocument(parsing: bytes, limits: JSONLimits(depth: 32)).root, [])
            return complaints.isEmpty ? filter : nil
        } catch {
            let reason = "\(error.message) at line \(error.position.line) column \(error.position.column)"
            complaints.append(
                PolarComplaint(.parsing("json_invalid", "Invalid JSON", reason, mark: ":"), at: [], text: text)
            )
            return nil
        }
    }

    private mutating func readFilter(_ value: JSONValue, _ place: [PolarPlace]) -> PolarMeterFilter? {
        guard value.kind == .object else {
            add(Self.notObject("Filter"), place, value)
            return nil
        }
        let members = NamedMembers(["conjunction", "clauses"], of: value)
        let word = self.word(members[0], among: ["and", "or"], place + ["conjunction"], of: value)
        guard let clauses = members[1] else {
            add(.missing, place + ["clauses"], value)
            return nil
        }
        guard clauses.kind == .array else {
            add(PolarFinding("list_type", "Input should be a valid array"), place + ["clauses"], clauses)
            return nil
        }
        var filters: [PolarMeterFilter] = []
        for (index, clause) in clauses.elements.enumerated() {
            if let filter = readClauseOrFilter(clause, place + ["clauses", .index(index)]) { filters.append(filter) }
        }
        return word == "or" ? .any(filters) : .all(filters)
    }

    /// One of two shapes; what fits neither is reported for both.
    private mutating func readClauseOrFilter(_ value: JSONValue, _ place: [PolarPlace]) -> PolarMeterFilter? {
        var clause = PolarMeterFilterReader()
        let asClause = clause.readClause(value, place + ["FilterClause"])
        if clause.complaints.isEmpty { return asClause }
        var filter = PolarMeterFilterReader()
        let asFilter = filter.readFilter(value, place + ["Filter"])
        if filter.complaints.isEmpty { return asFilter }
        complaints += clause.complaints + filter.complaints
        return nil
    }

    private mutating func readClause(_ value: JSONValue, _ place: [PolarPlace]) -> PolarMeterFilter? {
        guard value.kind == .object else {
            add(Self.notObject("FilterClause"), place, value)
            return nil
        }
        let members = NamedMembers(["property", "operator", "value"], of: value)
        var property = ""
        if let member = members[0] {
            property = member.string ?? ""
            if member.string == nil { add(.notText, place + ["property"], member) }
        } else {
            add(.missing, place + ["property"], value)
        }
        let operators = PolarOperator.allCases.map(\.rawValue)
        let comparison = word(members[1], among: operators, place + ["operator"], of: value)
        guard let compared = members[2] else {
            add(.missing, place + ["value"], value)
            return nil
        }
        let found = readValue(compared, place + ["value"])
        guard let found, let comparison = comparison.flatMap(PolarOperator.init) else { return nil }
        let prefix = "metadata."
        let name = property.hasPrefix(prefix) ? String(property.dropFirst(prefix.count)) : property
        return .clause(property: name, comparison, found)
    }

    /// Text, a whole number or a boolean; each alternative complains for itself.
    private mutating func readValue(_ value: JSONValue, _ place: [PolarPlace]) -> PolarFilterValue? {
        if let bool = value.bool { return .bool(bool) }
        if let text = value.string {
            if text.unicodeScalars.count <= Self.longestText { return .text(text) }
            add(.tooLong(Self.longestText), place + ["constrained-str"], value)
            add(.unreadInteger, place + ["constrained-int"], value)
            add(Self.notRead, place + ["bool"], value)
            return nil
        }
        let number = value.numberText.flatMap { JSONNumber($0) }
        let double = value.numberText.flatMap { Double($0) }
        if let number, number.isInteger, let double, Self.numbers.contains(Int(exactly: double) ?? .max) {
            return .number(double)
        }
        add(.notText, place + ["constrained-str"], value)
        add(Self.finding(in: number), place + ["constrained-int"], value)
        let isInteger = number?.isInteger ?? false
        add(
            isInteger ? Self.notRead : PolarFinding("bool_type", "Input should be a valid boolean"),
            place + ["bool"],
            value
        )
        return nil
    }

    private static func finding(in number: JSONNumber?) -> PolarFinding {
        guard let number else { return .notInteger }
        guard number.isInteger else { return .fraction }
        if number.isNegative {
            let message = "Input should be greater than or equal to \(numbers.lowerBound)"
            return PolarFinding("greater_than_equal", message, context: #"{"ge":\#(numbers.lowerBound)}"#)
        }
        let message = "Input should be less than or equal to \(numbers.upperBound)"
        return PolarFinding("less_than_equal", message, context: #"{"le":\#(numbers.upperBound)}"#)
    }

    private static let notRead = PolarFinding(
        "bool_parsing",
        "Input should be a valid boolean, unable to interpret input"
    )

    private static func notObject(_ name: String) -> PolarFinding {
        PolarFinding("model_type", "Input should be an object", context: #"{"class_name":"\#(name)"}"#)
    }

    private mutating func word(_ value: JSONValue?, among words: [String], _ place: [PolarPlace], of object: JSONValue)
        -> String?
    {
        guard let value else {
            add(.missing, place, object)
            return nil
        }
        if let word = value.string, words.contains(word) { return word }
        add(.notAmong(words), place, value)
        return nil
    }

    private mutating func add(_ finding: PolarFinding, _ place: [PolarPlace], _ input: JSONValue) {
        complaints.append(PolarComplaint(finding, at: place, input: input))
    }
}
