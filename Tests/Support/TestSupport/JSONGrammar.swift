/// Decides whether bytes are JSON by descending through the grammar: RFC 8259 with UTF-8 throughout and no lone surrogates.
///
/// Slow, and written after the grammar rule by rule, so that a reader's mistake is not made here as well.
package struct JSONGrammar {
    private var rest: ArraySlice<UInt8>

    /// Whether the bytes are one JSON text.
    package static func accepts(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var reader = JSONGrammar(rest: bytes[...])
        guard reader.element() else { return false }
        return reader.rest.isEmpty
    }

    private mutating func takes(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    private mutating func space() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

    /// ws value ws
    private mutating func element() -> Bool {
        space()
        guard value() else { return false }
        space()
        return true
    }

    private mutating func value() -> Bool {
        if takes("{") { return rest(until: "}") { $0.member() } }
        if takes("[") { return rest(until: "]") { $0.element() } }
        if takes("\"") { return characters() }
        return takes("true") || takes("false") || takes("null") || number()
    }

    /// What follows an opening bracket: items with commas between them.
    private mutating func rest(until end: String, _ item: (inout Self) -> Bool) -> Bool {
        space()
        if takes(end) { return true }
        repeat {
            guard item(&self) else { return false }
        } while takes(",")
        return takes(end)
    }

    private mutating func member() -> Bool {
        space()
        guard takes("\""), characters() else { return false }
        space()
        return takes(":") && element()
    }

    private mutating func characters() -> Bool {
        while let byte = rest.popFirst() {
            switch byte {
            case 0x22: return true
            case 0x00..<0x20: return false
            case 0x5C: guard escape() else { return false }
            default: continue
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let letter = rest.popFirst() else { return false }
        guard letter == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(letter) }
        guard let unit = unit() else { return false }
        if (0xDC00...0xDFFF).contains(unit) { return false }
        guard (0xD800...0xDBFF).contains(unit) else { return true }
        guard takes("\\u"), let trail = self.unit() else { return false }
        return (0xDC00...0xDFFF).contains(trail)
    }

    private mutating func unit() -> Int? {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }) else { return nil }
        rest = rest.dropFirst(4)
        return Int(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func number() -> Bool {
        _ = takes("-")
        guard takes("0") || digits() else { return false }
        if takes(".") { guard digits() else { return false } }
        if takes("e") || takes("E") {
            if !takes("+") { _ = takes("-") }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let count = rest.prefix { (0x30...0x39).contains($0) }.count
        rest = rest.dropFirst(count)
        return count > 0
    }
}
