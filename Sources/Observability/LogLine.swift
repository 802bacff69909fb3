package import Logging

/// One log entry while it is written, in one of its two forms: time, level, logger and message, then the members that are added.
///
/// A request costs a line, so a line is written byte by byte into one array, without texts in between.
package struct LogLine {
    private let isJSON: Bool
    private var bytes: [UInt8] = []

    /// - Parameter isJSON: one JSON object; else text for people: `2024-03-20T12:04:05.123Z warning  settled  events=3`.
    package init(isJSON: Bool, time: LogTime, level: Logger.Level, label: String, message: String) {
        self.isJSON = isJSON
        bytes.reserveCapacity(480)
        if isJSON { bytes += #"{"time":""#.utf8 }
        time.write(to: &bytes)
        if isJSON {
            bytes.append(UInt8(ascii: "\""))
            member("level", level.rawValue)
            member("logger", label)
            member("message", message)
        } else {
            bytes.append(Self.space)
            bytes += level.rawValue.utf8
            for _ in level.rawValue.utf8.count..<9 { bytes.append(Self.space) }
            Self.writeLine(message, to: &bytes)
        }
    }

    /// Adds a text.
    package mutating func member(_ name: String, _ value: String) {
        begin(name)
        if isJSON { Self.quote(value, to: &bytes) } else { Self.writeLine(value, to: &bytes) }
    }

    /// Adds a number; in JSON it is a string too, as all members are.
    package mutating func member(_ name: String, integer: Int) {
        begin(name)
        if isJSON { bytes.append(Self.quotationMark) }
        write(integer)
        if isJSON { bytes.append(Self.quotationMark) }
    }

    /// The finished line with its line end.
    package consuming func end() -> [UInt8] {
        if isJSON { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func begin(_ name: String) {
        if isJSON {
            bytes.append(UInt8(ascii: ","))
            Self.quote(name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
        } else {
            bytes.append(Self.space)
            bytes.append(Self.space)
            Self.writeLine(name, to: &bytes)
            bytes.append(UInt8(ascii: "="))
        }
    }

    private mutating func write(_ number: Int) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private static let space = UInt8(ascii: " ")
    private static let quotationMark = UInt8(ascii: "\"")
    private static let digits = Array("0123456789abcdef".utf8)

    /// A text as a part of a line for people: line ends become spaces, other control characters visible.
    private static func writeLine(_ text: String, to line: inout [UInt8]) {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            line += text.utf8
        } else {
            line += VisibleText.escaped(String(text.map { $0.isNewline ? " " : $0 })).utf8
        }
    }

    private static func quote(_ text: String, to line: inout [UInt8]) {
        line.append(quotationMark)
        let isPlain = text.utf8.allSatisfy {
            (0x20..<0x7F).contains($0) && $0 != quotationMark && $0 != UInt8(ascii: "\\")
        }
        if isPlain {
            line += text.utf8
        } else {
            var quoted: [UInt8] = []
            for byte in text.utf8 { escape(byte, to: &quoted) }
            // JSON is read on terminals, too.
            line += VisibleText.escaped(json: quoted)
        }
        line.append(quotationMark)
    }

    private static func escape(_ byte: UInt8, to line: inout [UInt8]) {
        switch byte {
        case quotationMark, UInt8(ascii: "\\"):
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
