import Events

/// The query parameters of a list endpoint, in one grammar for all of them.
///
/// A filter may be repeated, and one parameter may hold several values separated by commas; any of the values matches. A comma within a
/// value is written `%2C`. Time windows are half-open: `from` is included, `until` is not. A parameter that the endpoint does not have is
/// refused, because a filter that is silently ignored gives wrong results.
struct ListParameters: Sendable {
    /// By name: each occurrence as its comma-separated values.
    private let values: [String: [[String]]]

    /// The largest page of any list.
    static let largestPage = 1000

    /// - Parameters:
    ///   - query: as in the request's target, still percent-encoded.
    ///   - allowed: the names that the endpoint has.
    /// - Throws: ``Problem`` for a name that the endpoint does not have, and for an empty value.
    init(_ query: Substring, allowed: Set<String>) throws(Problem) {
        var values: [String: [[String]]] = [:]
        for (name, given) in QueryText.lists(query) {
            guard allowed.contains(name) else { throw .unknownParameter(name, allowed: allowed) }
            guard !given.contains("") else {
                throw .badParameter(name, "has an empty value; give a value, or leave the parameter out")
            }
            values[name, default: []].append(given)
        }
        self.values = values
    }

    /// Every value of a filter; none if it is not given.
    func all(_ name: String) -> [String] { values[name]?.flatMap(\.self) ?? [] }

    /// The value of a parameter that takes a single one; a comma is part of it.
    /// - Throws: ``Problem`` if it is repeated.
    func single(_ name: String) throws(Problem) -> String? {
        let occurrences = values[name] ?? []
        guard occurrences.count <= 1 else { throw .badParameter(name, "takes one value, and is given several times") }
        return occurrences.first?.joined(separator: ",")
    }

    /// Whether a parameter is `true`; false if it is not given.
    func flag(_ name: String) throws(Problem) -> Bool {
        switch try single(name) {
        case nil, "false": return false
        case "true": return true
        case let other?: throw .badParameter(name, "must be true or false; found \"\(other)\"")
        }
    }

    /// The values of a filter with a fixed set of values.
    func choices<Choice>(_ name: String, as type: Choice.Type) throws(Problem) -> Set<Choice>
    where Choice: RawRepresentable<String> & CaseIterable & Hashable {
        // No value contains a comma, so that even an encoded one is a separator here.
        try Self.choices(name, all(name).flatMap { $0.split(separator: ",").map(String.init) }, as: type)
    }

    /// The value of a parameter that takes one of a fixed set.
    func choice<Choice>(_ name: String, default standard: Choice) throws(Problem) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable & Hashable {
        guard let text = try single(name) else { return standard }
        return try Self.choices(name, [text], as: Choice.self).first ?? standard
    }

    /// The values that these texts name.
    /// - Parameter name: of the filter, for the problem.
    /// - Throws: ``Problem`` that lists the values and suggests one.
    static func choices<Choice>(_ name: String, _ texts: [String], as type: Choice.Type) throws(Problem) -> Set<Choice>
    where Choice: RawRepresentable<String> & CaseIterable & Hashable {
        var choices: Set<Choice> = []
        for text in texts {
            guard let choice = Choice(rawValue: text) else {
                let known = Choice.allCases.map(\.rawValue)
                let hint = Problem.suggestion(for: text, among: known)
                throw .badParameter(
                    name,
                    "has the unknown value \"\(Excerpt.of(text, longest: 60))\"\(hint); known are \(known.joined(separator: ", "))"
                )
            }
            choices.insert(choice)
        }
        return choices
    }

    /// A time: RFC 3339 with an offset, or Unix seconds.
    func timestamp(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = try single(name) else { return nil }
        return try Self.timestamp(name, text)
    }

    /// Reads RFC 3339 with an offset, or Unix seconds.
    /// - Throws: ``Problem`` that shows a correct form.
    static func timestamp(_ name: String, _ text: String) throws(Problem) -> Timestamp {
        guard let timestamp = Timestamp(lenient: text) ?? Timestamp(unixSeconds: text) else {
            throw .badParameter(name, timestampRule(text))
        }
        return timestamp
    }

    /// What is wrong with a timestamp in a query: usually a plus sign that was not encoded, which means a space there.
    private static func timestampRule(_ text: String) -> String {
        let rule =
            "must be a timestamp such as 2024-03-20T15:04:05Z, or Unix seconds; found \"\(Excerpt.of(text, longest: 60))\""
        guard let space = text.lastIndex(of: " "),
            Timestamp(lenient: text[..<space] + "+" + text[text.index(after: space)...]) != nil
        else { return rule }
        return "\(rule); write + as %2B in a query, or use Z"
    }

    /// The time window of two parameters.
    /// - Throws: ``Problem`` if the window ends before it begins.
    func window(_ first: String, _ last: String) throws(Problem) -> (from: Timestamp?, until: Timestamp?) {
        let window = (from: try timestamp(first), until: try timestamp(last))
        if let from = window.from, let until = window.until, until < from {
            throw .badParameter(
                last,
                "is before \"\(first)\"; the window is from \"\(first)\" up to, not including, \"\(last)\""
            )
        }
        return window
    }

    /// The maximum number of results.
    func limit(default standard: Int = 100) throws(Problem) -> Int {
        guard let text = try single("limit") else { return standard }
        guard let limit = Int(text), (1...Self.largestPage).contains(limit) else {
            throw .badParameter("limit", "must be an integer from 1 to \(Self.largestPage)")
        }
        return limit
    }

    /// Refuses the parameters of pages, for a list that is wanted as a whole.
    func refusePages() throws(Problem) {
        for name in ["limit", "cursor"] where values[name] != nil {
            throw .badParameter(name, "is for pages; CSV has everything that the filter selects, so leave it out")
        }
    }

    /// The cursor that continues a list, read by `parse`.
    func cursor<Cursor>(_ parse: (String) -> Cursor?) throws(Problem) -> Cursor? {
        guard let text = try single("cursor") else { return nil }
        guard let cursor = parse(text) else {
            throw .badParameter("cursor", "must be the next_cursor of an earlier page")
        }
        return cursor
    }
}

extension Problem {
    /// A query parameter that an endpoint does not have.
    static func unknownParameter(_ name: String, allowed: Set<String>) -> Problem {
        let hint = suggestion(for: name, among: allowed.sorted())
        return .badParameter(
            name,
            "is not a parameter here\(hint); the parameters are \(allowed.sorted().joined(separator: ", "))"
        )
    }

    /// ` (did you mean "name"?)`, or nothing.
    static func suggestion(for text: String, among known: [String]) -> String {
        Suggestion.closest(to: text, among: known).map { " (did you mean \"\($0)\"?)" } ?? ""
    }
}
