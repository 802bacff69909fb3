package import Logging

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One log entry, and its two forms.
package struct LogLine {
    private let time: String
    private let level: Logger.Level
    private let label: String
    private let message: String
    private let metadata: [(String, String)]

    /// - Parameter metadata: facts in the order in which they are written.
    package init(time: String, level: Logger.Level, label: String, message: String, metadata: [(String, String)]) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.metadata = metadata
    }

    /// One JSON object and a line end: time, level, logger, message, then the metadata.
    package var json: [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        line += "{\"time\":".utf8
        Self.quote(time, to: &line)
        for (name, value) in [("level", level.rawValue), ("logger", label), ("message", message)] + metadata {
            line.append(UInt8(ascii: ","))
            Self.quote(name, to: &line)
            line.append(UInt8(ascii: ":"))
            Self.quote(value, to: &line)
        }
        line += "}\n".utf8
        return line
    }

    /// Text for people: `12:04:05.123 warning  settled  events=3`.
    package var text: [UInt8] {
        let word = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.count))
        var line = "\(time) \(word) \(Self.oneLine(message))"
        for (name, value) in metadata { line += "  \(name)=\(Self.oneLine(value))" }
        return Array((line + "\n").utf8)
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    private static func quote(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                line.append(UInt8(ascii: "\\"))
                line.append(byte)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                line += "\\u00".utf8
                line.append(digits[Int(byte >> 4)])
                line.append(digits[Int(byte & 15)])
            default:
                line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}

/// The time of a log entry.
enum LogTime {
    /// RFC 3339, UTC, to the millisecond.
    static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        let date = "\(parts.tm_year + 1900)-\(pad(parts.tm_mon + 1, 2))-\(pad(parts.tm_mday, 2))"
        let clock = "\(pad(parts.tm_hour, 2)):\(pad(parts.tm_min, 2)):\(pad(parts.tm_sec, 2))"
        return "\(date)T\(clock).\(pad(Int32(time.tv_nsec / 1_000_000), 3))Z"
    }

    private static func pad(_ number: Int32, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
