/// Text that is safe to show on a terminal: control characters and bidirectional overrides become visible escapes.
///
/// Ids, names and vendors' messages come from outside. Raw, an escape sequence in one of them could clear the screen or set the title, and an
/// override could make `rm` read as something else.
package enum VisibleText {
    /// What else a text keeps as it is.
    package enum Layout: Sendable {
        /// Nothing: a cell or a value that is on one line.
        case line
        /// Line feeds and tabs, as messages of several lines have them.
        case lines
    }

    /// The text with `\u001b` in place of the escape character, and its like.
    package static func escaped(_ text: String, _ layout: Layout = .line) -> String {
        guard text.unicodeScalars.contains(where: { mustBeEscaped($0, layout) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if mustBeEscaped(scalar, layout) {
                result += escape(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// JSON with the same escapes, which inside of its strings mean the same characters; line feeds and tabs stay. Bytes that are not UTF-8
    /// become replacement characters.
    package static func escaped(json: [UInt8]) -> [UInt8] {
        guard json.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return json }
        return Array(escaped(String(decoding: json, as: UTF8.self), .lines).utf8)
    }

    /// Whether a terminal could do more with the character than show it: C0, DEL, C1, line separators and what changes the direction of text.
    static func mustBeEscaped(_ scalar: Unicode.Scalar, _ layout: Layout = .line) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: layout == .line
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// All of them have at most four hexadecimal digits.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
