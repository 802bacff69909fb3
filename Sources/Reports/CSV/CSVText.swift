import Events

/// Rows of CSV (RFC 4180) that no spreadsheet takes for formulas.
package enum CSVText {
    /// One line with its line ending.
    package static func row(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\r\n"
    }

    /// A spreadsheet runs text that begins like a formula, so an apostrophe goes in front of it.
    private static func field(_ text: String) -> String {
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let text = isFormula ? "'" + text : text
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        return "\"\(text.replacingScalars("\"", with: "\"\""))\""
    }
}
