import Events
package import JSON

/// Reads the members of one object by a list of fields, and collects faults with their places.
package struct FieldReader {
    /// The first ``mostListed`` errors and as many warnings.
    package private(set) var faults: [ConfigurationFault] = []
    /// Errors that are not among ``faults``.
    package private(set) var omittedErrors = 0
    private var counts: [ConfigurationFault.Severity: Int] = [:]

    /// A file of another kind has as many faults as it has members, and to find the line of each is work.
    private static let mostListed = 100
    /// Faults that may say what was meant.
    private static let mostHints = 10

    /// Whether faults may show what they found; not where it may be a key that somebody wrote into the wrong field.
    private var quotesValues = true

    /// Whether a vendor's key may be in the file.
    package var allowsInlineSecrets = false

    package init() {}

    /// Adds a fault at a value.
    package mutating func fault(_ value: JSONValue, _ message: String, severity: ConfigurationFault.Severity = .error) {
        counts[severity, default: 0] += 1
        guard counts[severity, default: 0] <= Self.mostListed else {
            if severity == .error { omittedErrors += 1 }
            return
        }
        faults.append(ConfigurationFault(severity: severity, position: value.position, message: message))
    }

    /// The members that are fields, by name. Names unknown twice, wrong kinds and missing fields are faults; a member of a wrong kind is
    /// left out, and so is ``Field/comment``. Where values may be keys, `quoting` is false, and faults do not show them.
    package mutating func members(
        of object: JSONValue,
        _ fields: [Field],
        in place: String,
        quoting: Bool = true
    ) -> [String: JSONValue] {
        quotesValues = quoting
        defer { quotesValues = true }
        var found: [String: JSONValue] = [:]
        var seen: Set<String> = []
        for member in object.members {
            guard let field = (fields + [.comment]).first(where: { $0.name == member.name }) else {
                let hint = hint(for: member.name, among: fields.map(\.name))
                fault(member.key, "unknown field \"\(Excerpt.of(member.name))\" in \(place)\(hint)")
                continue
            }
            guard seen.insert(member.name).inserted else {
                fault(member.key, "\"\(member.name)\" is duplicated in \(place)")
                continue
            }
            if isOfKind(member.value, field.kind, "\"\(member.name)\""), field.name != Field.comment.name {
                found[member.name] = member.value
            }
        }
        for field in fields where field.isRequired && !seen.contains(field.name) {
            fault(object, "\"\(field.name)\" is missing in \(place): \(field.summary)")
        }
        return found
    }

    /// The text, or the texts of a list, each with its place.
    package static func texts(_ value: JSONValue?) -> [(text: String, value: JSONValue)] {
        guard let value else { return [] }
        if let text = value.string { return [(text, value)] }
        return value.elements.compactMap { element in element.string.map { ($0, element) } }
    }

    /// Says ` (did you mean "primary"?)`, or nothing.
    package static func hint(_ word: String, _ candidates: [String]) -> String {
        Suggestion.closest(to: word, among: candidates).map { " (did you mean \"\($0)\"?)" } ?? ""
    }

    /// The same for one of the first faults. Beyond them nothing is looked for: each search goes through all candidates.
    package func hint(for word: String, among candidates: @autoclosure () -> [String]) -> String {
        faults.count < Self.mostHints ? Self.hint(word, candidates()) : ""
    }

    /// Whether a value has the shape of its kind. What stands inside an object is checked where it is read.
    private mutating func isOfKind(_ value: JSONValue, _ kind: Field.Kind, _ what: String) -> Bool {
        switch kind {
        case .text: return check(value, value.string != nil, what, "a string")
        case .flag: return check(value, value.bool != nil, what, "true or false")
        case .object, .map:
            // Not what was found: where a credential's object belongs, somebody may have written the key itself.
            if value.kind != .object { fault(value, "\(what) must be an object, found \(value.kind.phrase)") }
            return value.kind == .object
        case .choice(let words): return isChoice(value, words, what)
        case .integer(let range):
            let isGood = value.int64.map { range.contains(Int($0)) } ?? false
            return check(value, isGood, what, "an integer from \(range.lowerBound) to \(range.upperBound)")
        case .number(let range):
            let isGood = value.numberText.flatMap { Double($0) }.map { range.contains($0) } ?? false
            return check(value, isGood, what, "a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))")
        case .duration:
            return check(
                value,
                value.string.flatMap(DurationText.read) != nil,
                what,
                "a time such as \"500ms\", \"30s\", \"10m\", \"72h\""
            )
        case .rate:
            return check(
                value,
                value.string.flatMap(RateText.read) != nil,
                what,
                "a rate such as \"50/s\", \"400/min\", \"1000/h\""
            )
        case .timestamp:
            return check(
                value,
                value.string.flatMap(Timestamp.init(rfc3339:)) != nil,
                what,
                "a timestamp with its offset such as \"2027-01-31T00:00:00Z\""
            )
        case .texts:
            let isGood = value.string != nil || (value.kind == .array && value.elements.allSatisfy { $0.string != nil })
            return check(value, isGood, what, "a string or an array of strings")
        case .either(let kinds):
            for kind in kinds {
                var trial = FieldReader()
                if trial.isOfKind(value, kind, what), trial.faults.isEmpty { return true }
            }
            return isOfKind(value, kinds[0], what)
        case .list(let element):
            guard check(value, value.kind == .array, what, "an array") else { return false }
            // The list is kept for the faults that its other elements may have.
            for item in value.elements { _ = isOfKind(item, element, "an element of \(what)") }
            return true
        }
    }

    private mutating func isChoice(_ value: JSONValue, _ words: [String], _ what: String) -> Bool {
        guard let word = value.string else {
            return check(value, false, what, "one of \(words.joined(separator: ", "))")
        }
        if words.contains(word) { return true }
        let hint = Self.hint(word, words)
        let field = what.filter { $0 != "\"" }.replacing("an element of ", with: "word in ")
        let shown = quotesValues ? " \"\(Excerpt.of(word))\"" : ""
        fault(
            value,
            "unknown \(field)\(shown)\(hint.isEmpty ? "; it is one of \(words.joined(separator: ", "))" : hint)"
        )
        return false
    }

    private mutating func check(_ value: JSONValue, _ isGood: Bool, _ what: String, _ wanted: String) -> Bool {
        if !isGood { fault(value, "\(what) must be \(wanted), found \(found(value))") }
        return isGood
    }

    private func found(_ value: JSONValue) -> String {
        switch value.kind {
        case .string where quotesValues, .number where quotesValues, .bool where quotesValues:
            String(decoding: value.raw.prefix(60), as: UTF8.self)
        default: value.kind.phrase
        }
    }
}
