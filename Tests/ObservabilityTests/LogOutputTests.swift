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
}
