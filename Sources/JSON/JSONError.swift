/// Why bytes are not JSON, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of fault.
    package enum Reason: Equatable, Sendable {
        case empty
        case tooLarge(limit: Int)
        case tooDeep(limit: Int)
        case byteOrderMark
        case malformedUTF8
        case expectedValue
        /// A word that other languages have for a value, such as `NaN` or `None`.
        case foreignWord(String)
        case expectedKey
        case expectedColon
        case expectedComma(JSONKind)
        case unclosed(JSONKind)
        case unterminatedString
        case controlCharacter(UInt8)
        case malformedEscape
        case loneSurrogate(UInt16)
        case malformedNumber
        case leadingZero
        case trailingBytes
    }

    package let reason: Reason
    /// Offset of the byte that is meant.
    package let offset: Int
    package let position: JSONPosition

    /// The reason in one sentence, without the place.
    package var message: String {
        switch reason {
        case .empty: "the text is empty"
        case .tooLarge(let limit): "the text is longer than \(limit) bytes"
        case .tooDeep(let limit): "arrays and objects are nested more than \(limit) levels deep"
        case .byteOrderMark: "the text starts with a byte order mark; send UTF-8 without one"
        case .malformedUTF8: "a byte that is not UTF-8"
        case .expectedValue: "expected a value (an object, an array, a string, a number, true, false or null)"
        case .foreignWord(let word): "\(word) is not JSON; \(Self.instead[word] ?? "send null, or leave the field out")"
        case .expectedKey: "expected a key in double quotes"
        case .expectedColon: "expected a colon after the key"
        case .expectedComma(.object): "expected a comma or the closing brace of the object"
        case .expectedComma: "expected a comma or the closing bracket of the array"
        case .unclosed(.object): "the object that starts here is never closed"
        case .unclosed: "the array that starts here is never closed"
        case .unterminatedString: "the string that starts here is never closed"
        case .controlCharacter(let byte):
            "control character \(Self.hex(UInt16(byte), digits: 2)) in a string; write it as an escape"
        case .malformedEscape:
            "a backslash must be followed by one of \" \\ / b f n r t, or by u and four hexadecimal digits"
        case .loneSurrogate(let unit):
            "\\u\(Self.hex(unit, digits: 4)) is half of a surrogate pair without its other half"
        case .malformedNumber: "a number must have digits, also after a point and in an exponent"
        case .leadingZero: "a number must not start with a zero that other digits follow"
        case .trailingBytes: "more text after the value has ended"
        }
    }

    /// Line, column and reason: `line 3, column 14: expected a colon after the key`.
    package var description: String { "line \(position.line), column \(position.column): \(message)" }

    /// The words that printers of other languages write for values, and what to write in their place.
    static let instead: [String: String] = {
        let words = [
            "NaN", "nan", "-NaN", "-nan", "Infinity", "-Infinity", "inf", "-inf", "Inf", "-Inf", "None", "nil", "NULL",
            "Null", "undefined",
        ]
        let absent = words.map { ($0, "send null, or leave the field out") }
        let flags = [
            ("True", "write true"), ("TRUE", "write true"), ("False", "write false"), ("FALSE", "write false"),
        ]
        return Dictionary(uniqueKeysWithValues: absent + flags)
    }()

    private static func hex(_ value: UInt16, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

/// A place in a text: line and column, both from 1; a column is a Unicode scalar.
package struct JSONPosition: Sendable, Equatable, Comparable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    init(of offset: Int, in bytes: some RandomAccessCollection<UInt8>) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.line = line
        self.column = column
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
