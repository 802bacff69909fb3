/// A vendor's own message, safe to store and show: short, on one line, without keys and addresses.
enum VendorMessage {
    /// Number of bytes kept.
    static let limitBytes = 500

    /// The message, truncated and redacted; nil if nothing is left.
    static func quoted(_ text: String) -> String? {
        // Only what can be shown is examined: an answer may be megabytes long.
        let start = String(decoding: Array(text.utf8.prefix(limitBytes * 4)), as: UTF8.self)
        let words = start.split { $0.isWhitespace || $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } }
        let line = words.map { isSecretive($0) ? "[redacted]" : String($0) }.joined(separator: " ")
        return line.isEmpty ? nil : cut(line)
    }

    /// An answer of unknown form; a web page is only named.
    static func quoted(body: [UInt8]) -> String? {
        if isMarkup(body) { return "a page of HTML or XML" }
        return quoted(String(decoding: body.prefix(limitBytes * 4), as: UTF8.self))
    }

    /// Whether a body is a page for people, which no vendor's API sends.
    static func isMarkup(_ body: [UInt8]) -> Bool {
        body.first { !" \r\n\t".utf8.contains($0) && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF } == UInt8(ascii: "<")
    }

    private static func cut(_ line: String) -> String {
        guard line.utf8.count > limitBytes else { return line }
        var kept = ""
        for character in line {
            guard kept.utf8.count + character.utf8.count <= limitBytes - 3 else { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// Whether a word could be a key, a token or an email address: these look alike, so all of them are redacted.
    private static func isSecretive(_ word: Substring) -> Bool {
        if word.utf8.contains(UInt8(ascii: "@")) { return true }
        var length = 0
        var hasDigit = false
        for byte in word.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                hasDigit = true
                length += 1
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                length += 1
            default:
                if length >= 20, hasDigit { return true }
                length = 0
                hasDigit = false
            }
        }
        return length >= 20 && hasDigit
    }
}
