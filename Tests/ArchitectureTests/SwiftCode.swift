/// The code of a Swift file without its comments and without the content of its string literals.
struct SwiftCode {
    /// An initialiser that is declared, not called.
    struct Initialiser: Equatable {
        let line: Int
        let parameters: Int
    }

    private static let word = Array("init".utf8)
    private let bytes: [UInt8]

    init(_ text: String) {
        var scanner = Scanner(Array(text.utf8))
        bytes = scanner.code()
    }

    /// All that are declared, in their order.
    var initialisers: [Initialiser] {
        var found: [Initialiser] = []
        var (line, index) = (1, 0)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            if let opening = openingOfInitialiser(at: index) {
                found.append(Initialiser(line: line, parameters: parameters(after: opening)))
            }
            index += 1
        }
        return found
    }

    /// The place of the parenthesis before the parameters; nil if no initialiser is declared here.
    private func openingOfInitialiser(at start: Int) -> Int? {
        guard bytes[start] == UInt8(ascii: "i"), bytes[start...].starts(with: Self.word) else { return nil }
        // `self.init(…)` is a call; `reinit` and `` `init` `` are other names.
        if start > 0,
            Self.isWord(bytes[start - 1]) || [UInt8(ascii: "."), UInt8(ascii: "`")].contains(bytes[start - 1])
        {
            return nil
        }
        var index = start + 4
        if index < bytes.count, bytes[index] == UInt8(ascii: "?") || bytes[index] == UInt8(ascii: "!") { index += 1 }
        var angles = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "<"): angles += 1
            case UInt8(ascii: ">"): angles -= 1
            case UInt8(ascii: "(") where angles == 0: return index
            case UInt8(ascii: " "), UInt8(ascii: "\n"): break
            default: if angles == 0 { return nil }
            }
            index += 1
        }
        return nil
    }

    /// How many parameters there are up to the closing parenthesis: what is between commas that are within no other brackets.
    private func parameters(after opening: Int) -> Int {
        var (count, isBlank, depth, angles) = (0, true, 1, 0)
        for index in bytes.indices[(opening + 1)...] {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            // An operator has a space before it, a generic argument has none.
            case UInt8(ascii: "<") where Self.isWord(bytes[index - 1]): angles += 1
            case UInt8(ascii: ">") where angles > 0 && bytes[index - 1] != UInt8(ascii: "-"): angles -= 1
            default: break
            }
            if depth == 0 { break }
            if byte == UInt8(ascii: ","), depth == 1, angles == 0 {
                count += isBlank ? 0 : 1
                isBlank = true
            } else if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\n") {
                isBlank = false
            }
        }
        return count + (isBlank ? 0 : 1)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}

/// Leaves out comments and the content of string literals. Line ends stay, so that lines keep their numbers.
private struct Scanner {
    private let bytes: [UInt8]
    private var index = 0
    private var kept: [UInt8] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func code() -> [UInt8] {
        kept.reserveCapacity(bytes.count)
        while index < bytes.count {
            let byte = bytes[index]
            // Most bytes begin nothing.
            guard byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "#") else {
                kept.append(byte)
                index += 1
                continue
            }
            if isAt("//") {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            } else if isAt("/*") {
                skipBlockComment()
            } else if let hashes = hashesOfLiteral() {
                kept.append(UInt8(ascii: "\""))
                skipLiteral(hashes)
            } else {
                kept.append(byte)
                index += 1
            }
        }
        return kept
    }

    private func isAt(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    }

    private mutating func skip(_ count: Int) {
        for byte in bytes[index..<min(index + count, bytes.count)] where byte == UInt8(ascii: "\n") {
            kept.append(byte)
        }
        index += count
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if isAt("/*") { depth += 1 }
            if isAt("*/") { depth -= 1 }
            skip(isAt("/*") || isAt("*/") ? 2 : 1)
        } while depth > 0 && index < bytes.count
    }

    /// How many `#` a literal has that begins here; nil if none begins.
    private func hashesOfLiteral() -> Int? {
        var end = index
        while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
        guard end < bytes.count else { return nil }
        // A regular expression between `#/` and `/#` has quotes that are no literals.
        let isLiteral = bytes[end] == UInt8(ascii: "\"") || (end > index && bytes[end] == UInt8(ascii: "/"))
        return isLiteral ? end - index : nil
    }

    private mutating func skipLiteral(_ hashes: Int) {
        let marks = [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        let quote = bytes[index + hashes]
        let isMultiline = quote == UInt8(ascii: "\"") && bytes[(index + hashes)...].starts(with: [quote, quote, quote])
        let closing = [UInt8](repeating: quote, count: isMultiline ? 3 : 1) + marks
        let escape = [UInt8(ascii: "\\")] + marks
        skip(hashes + (isMultiline ? 3 : 1))
        while index < bytes.count {
            if bytes[index...].starts(with: closing) { return skip(closing.count) }
            if quote == UInt8(ascii: "\""), bytes[index...].starts(with: escape) {
                skip(escape.count)
                if index < bytes.count, bytes[index] == UInt8(ascii: "(") { skipInterpolation() } else { skip(1) }
            } else {
                skip(1)
            }
        }
    }

    /// Skips the code between the parentheses, which may have literals again.
    private mutating func skipInterpolation() {
        var depth = 0
        repeat {
            if let hashes = hashesOfLiteral() {
                skipLiteral(hashes)
                continue
            }
            if bytes[index] == UInt8(ascii: "(") { depth += 1 }
            if bytes[index] == UInt8(ascii: ")") { depth -= 1 }
            skip(1)
        } while depth > 0 && index < bytes.count
    }
}
