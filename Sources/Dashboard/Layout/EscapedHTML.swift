import Mustache

/// Text in HTML, between tags and in quoted attributes.
///
/// Not the library's own: that one looks at whole characters, and a quotation mark with a combining accent after it is another character
/// than a quotation mark. A browser reads code points, and would end the attribute there.
struct EscapedHTML: MustacheContentType {
    static let name = "DASHBOARD"
    /// In front of each template, because a partial begins with the library's own escaping again.
    static let pragma = "{{% CONTENT_TYPE:\(name)}}"

    func escapeText(_ text: String) -> String { Self.escape(text) }

    /// The text as it is written in HTML.
    static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { entity(for: $0) != nil }) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if let entity = entity(for: byte) {
                escaped.append(contentsOf: entity.utf8)
            } else {
                escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func entity(for byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        // Browsers replace it in some contexts and drop it in others.
        case 0: "\u{FFFD}"
        default: nil
        }
    }

}
