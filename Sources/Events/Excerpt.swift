/// The beginning of a text from outside, so that a message that quotes it stays short whatever was sent.
package enum Excerpt {
    /// The text, or its first `longest` Unicode scalars and an ellipsis. Characters are not counted, because one may have any number of
    /// scalars.
    package static func of(_ text: String, longest: Int = 100) -> String {
        guard text.utf8.count > longest else { return text }
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: longest, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return text }
        return String(scalars[..<end]) + "…"
    }
}
