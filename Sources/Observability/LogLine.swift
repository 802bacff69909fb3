package import Logging

/// One log entry while it is written, in one of its two forms: time, level, logger and message, then the members that are added.
///
/// Every request costs one line, so a line is written byte by byte into one buffer, without strings in between.
package struct LogLine: ~Copyable {
    private let isJSON: Bool
    private var bytes = LineBuffer(capacity: 512)

    /// - Parameter isJSON: one JSON object; otherwise text for people: `2024-03-20T12:04:05.123Z warning  settled  events=3`.
    package init(isJSON: Bool, time: LogTime, level: Logger.Level, label: String, message: String) {
        self.isJSON = isJSON
        if isJSON { bytes.append(#"{"time":""#) }
        time.write(to: &bytes)
        if isJSON {
            member("level", level.rawValue)
            member("logger", label)
            member("message", message)
        } else {
            bytes.append(Self.space)
            append(escaping: level.rawValue)
            for _ in level.rawValue.utf8.count..<9 { bytes.append(Self.space) }
            append(escaping: message)
        }
    }

    /// Adds a string.
    package mutating func member(_ name: StaticString, _ value: String) {
        begin(name)
        append(escaping: value)
    }

    /// Adds a string under a name that is known at run time only.
    package mutating func member(named name: String, _ value: String) {
        bytes.append(isJSON ? #"",""# : "  ")
        append(escaping: name)
        bytes.append(isJSON ? #"":""# : "=")
        append(escaping: value)
    }

    /// Adds a number; in JSON it is a string too, as all members are.
    package mutating func member(_ name: StaticString, integer: Int) {
        begin(name)
        write(integer)
    }

    /// The finished line with its line end.
    package consuming func end<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.append(isJSON ? "\"}\n" : "\n")
        return bytes.withBytes(body)
    }

    /// Ends the string value before, which in JSON every member is, and begins the next one.
    private mutating func begin(_ name: StaticString) {
        bytes.append(isJSON ? #"",""# : "  ")
        bytes.append(name)
        bytes.append(isJSON ? #"":""# : "=")
    }

    private mutating func write(_ number: Int) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let number = number.magnitude
        var divisor: UInt = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    /// Adds text from anywhere: as it is if that is safe, which it nearly always is.
    private mutating func append(escaping text: String) {
        let isJSON = self.isJSON
        let isPlain = text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard Self.isPlain(utf8, inJSON: isJSON) else { return false }
            bytes.append(utf8)
            return true
        }
        if isPlain != true { bytes.append(isJSON ? Self.quoted(text) : Self.visible(text)) }
    }

    /// Whether text needs no escapes. Without branches in the loop, so that it is compiled to vector instructions.
    private static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>, inJSON: Bool) -> Bool {
        // In text for people these two are like any other: the byte compared with is refused anyway.
        let quotationMark = inJSON ? UInt8(ascii: "\"") : 0x7F
        let backslash = inJSON ? UInt8(ascii: "\\") : 0x7F
        var found: UInt8 = 0
        for byte in utf8 {
            let isControlOrBeyondASCII = byte &- 0x20 > 0x5E
            found |= isControlOrBeyondASCII || byte == quotationMark || byte == backslash ? 1 : 0
        }
        return found == 0
    }
    private static let space = UInt8(ascii: " ")
    private static let digits = Array("0123456789abcdef".utf8)

    /// A text as a part of a line for people: line ends become spaces, other control characters visible.
    private static func visible(_ text: String) -> [UInt8] {
        Array(VisibleText.escaped(String(text.map { $0.isNewline ? " " : $0 })).utf8)
    }

    /// A text as the inside of a JSON string. JSON is read on terminals, too.
    private static func quoted(_ text: String) -> [UInt8] {
        var quoted: [UInt8] = []
        for byte in text.utf8 { escape(byte, to: &quoted) }
        return VisibleText.escaped(json: quoted)
    }

    private static func escape(_ byte: UInt8, to line: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            line.append(UInt8(ascii: "\\"))
            line.append(byte)
        case 0..<0x20:
            line += "\\u00".utf8
            line.append(digits[Int(byte >> 4)])
            line.append(digits[Int(byte & 15)])
        default:
            line.append(byte)
        }
    }
}
