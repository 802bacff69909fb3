/// The query of a request to the gateway.
///
/// A filter's values are separated by commas, in the command line as in the API; `\,` is a comma within a value, and `\\`
/// a backslash.
struct QueryParameters {
    private var text: [String] = []

    /// Adds a parameter that takes one value; nothing if that is nil.
    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        text.append("\(name)=\(value.percentEncoded)")
    }

    /// Adds a filter with all its values; nothing if there are none.
    mutating func add(_ name: String, anyOf values: [String]) {
        let values = Self.split(values)
        guard !values.isEmpty else { return }
        text.append("\(name)=\(values.map(\.percentEncoded).joined(separator: ","))")
    }

    /// A path with these parameters as its query, if there are any.
    func appended(to path: String) -> String {
        text.isEmpty ? path : path + "?" + text.joined(separator: "&")
    }

    /// The values of a repeated option, each of which may hold several.
    static func split(_ values: [String]) -> [String] {
        values.flatMap { value in
            var parts = [""]
            var isEscaped = false
            for character in value {
                switch (character, isEscaped) {
                case ("\\", false): isEscaped = true
                case (",", false): parts.append("")
                case (",", true), ("\\", true):
                    parts[parts.count - 1].append(character)
                    isEscaped = false
                default:
                    if isEscaped { parts[parts.count - 1].append("\\") }
                    parts[parts.count - 1].append(character)
                    isEscaped = false
                }
            }
            if isEscaped { parts[parts.count - 1].append("\\") }
            return parts.filter { !$0.isEmpty }
        }
    }
}
