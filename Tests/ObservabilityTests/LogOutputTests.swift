import Foundation
import Logging
import Observability
import Testing

@Suite struct LogLineTests {
    private let line = LogLine(
        time: "2024-03-20T15:04:05.123Z",
        level: .warning,
        label: "tollgate",
        message: "a \"quoted\"\nmessage",
        metadata: [("events", "3"), ("reason", "back\\slash\u{1}")]
    )

    @Test func `is one JSON object on one line, whatever stands in it`() throws {
        let bytes = line.json
        #expect(bytes.last == UInt8(ascii: "\n") && bytes.dropLast().allSatisfy { $0 >= 0x20 })
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
        #expect(object?["message"] == "a \"quoted\"\nmessage")
        #expect(object?["reason"] == "back\\slash\u{1}")
        #expect(object?["level"] == "warning")
    }

    @Test func `is one line of text for people`() {
        #expect(
            String(decoding: line.text, as: UTF8.self)
                == "2024-03-20T15:04:05.123Z warning  a \"quoted\" message  events=3  reason=back\\slash\u{1}\n"
        )
    }

    @Test func `leaves out what lies below its level`() {
        let logger = LogOutput(format: .json, level: .error).logger("test")
        #expect(logger.logLevel == .error)
    }

    @Test func `keeps the order of its facts, in both forms`() {
        let line = LogLine(time: "t", level: .info, label: "l", message: "m", metadata: [("b", "1"), ("a", "2")])
        #expect(
            String(decoding: line.json, as: UTF8.self)
                == #"{"time":"t","level":"info","logger":"l","message":"m","b":"1","a":"2"}"# + "\n"
        )
        #expect(String(decoding: line.text, as: UTF8.self) == "t info     m  b=1  a=2\n")
    }

    @Test(arguments: ["\u{0}\t\r\n\u{1f}", "\u{7f}é😀\u{2028}", "\\\"/", ""])
    func `gives back any text when its JSON is read`(text: String) throws {
        let line = LogLine(time: "t", level: .error, label: "l", message: text, metadata: [(text + "key", text)])
        let object = try JSONSerialization.jsonObject(with: Data(line.json)) as? [String: String]
        #expect(object?["message"] == text)
        #expect(object?[text + "key"] == text)
    }

    @Test(arguments: Logger.Level.allCases)
    func `gives every level the same width in text`(level: Logger.Level) {
        let line = LogLine(time: "t", level: level, label: "l", message: "m", metadata: [])
        #expect(String(decoding: line.text, as: UTF8.self).count == "t warning  m\n".count)
    }
}
