import Foundation
import Logging
import Observability
import TestSupport
import Testing

@Suite struct LogLineTests {
    private func line(isJSON: Bool, seconds: Int = 1_710_947_045) -> [UInt8] {
        var line = LogLine(
            isJSON: isJSON,
            time: LogTime(seconds: seconds, milliseconds: 123),
            level: .warning,
            label: "tollgate",
            message: "a \"quoted\"\nmessage"
        )
        line.member("events", integer: -30)
        line.member("reason", "back\\slash\u{1}")
        line.member("zero", integer: 0)
        return line.end { Array($0) }
    }

    @Test func `is one JSON object on one line, whatever stands in it`() throws {
        let bytes = line(isJSON: true)
        #expect(bytes.last == UInt8(ascii: "\n") && bytes.dropLast().allSatisfy { $0 >= 0x20 })
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
        #expect(
            object == [
                "time": "2024-03-20T15:04:05.123Z", "level": "warning", "logger": "tollgate",
                "message": "a \"quoted\"\nmessage", "events": "-30", "reason": "back\\slash\u{1}", "zero": "0",
            ]
        )
    }

    @Test func `is one line of text for people`() {
        #expect(
            String(decoding: line(isJSON: false), as: UTF8.self)
                == "2024-03-20T15:04:05.123Z warning  a \"quoted\" message  events=-30  reason=back\\slash\\u0001  zero=0\n"
        )
    }

    @Test func `escapes every character that needs it, wherever it stands in a value`() throws {
        for value in UInt8(0)..<128 {
            let character = Character(Unicode.Scalar(value))
            for length in 0..<40 {
                let text =
                    String(repeating: "x", count: length) + String(character)
                    + String(repeating: "y", count: 39 - length)
                var line = LogLine(
                    isJSON: true,
                    time: LogTime(seconds: 0, milliseconds: 0),
                    level: .info,
                    label: "t",
                    message: "m"
                )
                line.member("value", text)
                line.member(named: text, "last")
                let bytes = line.end { Array($0) }
                #expect(bytes.dropLast().allSatisfy { (0x20..<0x7F).contains($0) })
                let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
                #expect(object?["value"] == text && object?[text] == "last")
            }
        }
    }

    @Test func `has the time that Foundation says, on any day of four centuries`() {
        for day in stride(from: 0, to: 366 * 400, by: 13) {
            let seconds = day * 86_400 + day % 86_400
            let expected = Date(timeIntervalSince1970: Double(seconds)).ISO8601Format().dropLast()
            #expect(String(decoding: line(isJSON: false, seconds: seconds).prefix(19), as: UTF8.self) == expected)
        }
    }
}

@Suite struct LogOutputTests {
    /// Both ends of a pipe that nobody reads until the test does.
    private func withPipe(_ body: (_ reading: Int32, _ writing: Int32) async throws -> Void) async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        try await body(ends[0], ends[1])
    }

    private func read(_ descriptor: Int32, into text: inout String) {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    @Test func `leaves out what lies below its level`() async throws {
        try await withPipe { (reading, writing) async throws in
            let output = LogOutput(format: .json, level: .error, writingTo: writing)
            let logger = output.logger("test")
            #expect(logger.logLevel == .error)
            logger.info("too low")
            output.write(.warning, "too low", label: "test") { _ in }
            logger.error("high", metadata: ["b": "2", "a": "1"])
            output.flush(within: .seconds(300))
            var text = ""
            read(reading, into: &text)
            #expect(text.hasSuffix(#""message":"high","a":"1","b":"2"}"# + "\n") && !text.contains("low"))
        }
    }

    @Test func `never waits for a reader, and says where lines are missing and how many`() async throws {
        try await withPipe { (reading, writing) async throws in
            let output = LogOutput(format: .text, level: .info, writingTo: writing, limitBytes: 100_000)
            let logger = output.logger("test")
            // A pipe takes 64 KiB. This returns at all only because nothing waits.
            for number in 0..<20_000 { logger.info("line \(number)") }
            #expect(output.droppedLines > 10_000)
            let dropped = output.droppedLines
            var text = ""
            try await waitUntil("every gap is told") {
                read(reading, into: &text)
                return Self.gaps(in: text).reduce(0, +) == dropped
            }
            logger.info("line \(20_000)")
            output.flush(within: .seconds(300))
            read(reading, into: &text)
            #expect(output.droppedLines == dropped)
            // Where lines are missing, the log says how many, so that each number is where it belongs.
            var next = 0
            for line in text.matches(of: /line ([0-9]+)\n|lines=([0-9]+)\n/) {
                if let number = line.1.flatMap({ Int($0) }) {
                    #expect(number == next)
                    next = number + 1
                } else {
                    next += line.2.flatMap { Int($0) } ?? 0
                }
            }
            #expect(next == 20_001)
        }
    }

    private static func gaps(in text: String) -> [Int] {
        text.matches(of: /dropped because the log was not read fast enough  lines=([0-9]+)\n/).map { Int($0.1) ?? 0 }
    }

    @Test func `counts what goes to a reader that has gone, and goes on`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        let output = LogOutput(format: .text, level: .info, writingTo: ends[1])
        for _ in 0..<3 { output.logger("test").info("to nobody") }
        output.flush(within: .seconds(300))
        #expect(output.droppedLines == 3)
    }
}
