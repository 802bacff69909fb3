import Foundation
import Logging
import Observability
import TestSupport
import Testing

/// The two formats of the log, and what each level is written as.
@Suite struct LogFormatTests {
    private func log(
        _ format: LogFormat,
        _ level: Logger.Level = .trace,
        _ body: (LogOutput) -> Void
    ) async throws -> [String] {
        try await withTemporaryFolder { folder in
            let log = try LogFile(folder.appending(path: "log"), format: format, level: level)
            body(log.output)
            return try log.lines()
        }
    }

    @Test func `is JSON where nobody watches, unless text is asked for`() async throws {
        let json = #"{"time":"TIME","level":"notice","logger":"t","message":"m"}"#
        for (format, line) in [(LogFormat.auto, json), (.json, json), (.text, "TIME notice   m")] {
            #expect(try await log(format) { $0.write(.notice, "m", label: "t") { _ in } } == [line])
        }
    }

    /// One line of text, written by itself.
    private func line(_ level: Logger.Level, _ message: String, _ addMembers: (inout LogLine) -> Void = { _ in })
        -> String
    {
        var line = LogLine(
            isJSON: false,
            time: LogTime(seconds: 0, milliseconds: 0),
            level: level,
            label: "t",
            message: message
        )
        addMembers(&line)
        return line.end { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        arguments: [
            (.trace, "trace    m"), (.debug, "debug    m"), (.info, "info     m"), (.notice, "notice   m"),
            (.warning, "warning  m"), (.error, "error    m"), (.critical, "critical m"),
        ] as [(Logger.Level, String)]
    )
    func `puts messages of all levels into one column`(level: Logger.Level, text: String) {
        #expect(line(level, "m") == "1970-01-01T00:00:00.000Z \(text)\n")
    }

    @Test func `takes its own level and those above it`() async throws {
        let levels = Logger.Level.allCases.sorted()
        for (index, least) in levels.enumerated() {
            let written = try await log(.text, least) { output in
                #expect(levels.map(output.takes) == levels.indices.map { $0 >= index })
                for level in levels { output.write(level, "m", label: "t") { _ in } }
            }
            #expect(written.count == levels.count - index)
        }
    }

    @Test func `does not make the members of a line that it does not take`() async throws {
        let written = try await log(.json, .warning) { output in
            output.write(.info, "m", label: "t") { _ in Issue.record("the members were made") }
        }
        #expect(written == [])
    }

    @Test func `writes a logger's metadata in the order of the names, the message's own before the logger's`()
        async throws
    {
        let lines = try await log(.text) { output in
            var logger = output.logger("t")
            logger[metadataKey: "b"] = "logger"
            logger[metadataKey: "c"] = "logger"
            #expect(logger[metadataKey: "b"] == "logger")
            logger.info("one", metadata: ["a": "1", "b": "2"])
            logger.info("two")
            logger[metadataKey: "b"] = nil
            logger.info("three", metadata: [:])
        }
        #expect(
            lines == [
                "TIME info     one  a=1  b=2  c=logger", "TIME info     two  b=logger  c=logger",
                "TIME info     three  c=logger",
            ]
        )
    }

    @Test func `writes metadata of several values on its one line`() async throws {
        let lines = try await log(.json) { output in
            output.logger("t").info(
                "m",
                metadata: ["list": ["a\n", "b"], "object": ["x": "\"y\""], "number": "\(Int.min)"]
            )
        }
        let object = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: String])
        #expect(lines.count == 1 && object["number"] == "-9223372036854775808")
        #expect(object["list"]?.contains("b") == true && object["object"]?.contains("y") == true)
    }

    @Test func `takes names of metadata from anywhere`() async throws {
        let names = ["", "a=b", "\"", "\n", "\u{1B}[2J", "level", "\u{202E}"]
        let json = try await log(.json) { output in
            for name in names { output.logger("t").info("m", metadata: [name: "v"]) }
        }
        #expect(json.count == names.count)
        for (name, line) in zip(names, json) where name != "level" {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            #expect(object?[name] == "v", "\(line)")
        }
        let text = try await log(.text) { output in
            for name in names { output.logger("t").info("m", metadata: [name: "v"]) }
        }
        #expect(text.count == names.count)
        #expect(text.allSatisfy { line in line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F } })
    }

    @Test(arguments: ["\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}"])
    func `has one space for each kind of line end in text for people`(lineEnd: String) {
        let text = line(.info, "a\(lineEnd)b") { $0.member("x", "\(lineEnd)\(lineEnd)") }
        #expect(text == "1970-01-01T00:00:00.000Z info     a b  x=  \n")
    }

    @Test(
        arguments: [
            Int.min, Int.min + 1, -10, -9, -1, 0, 1, 9, 10, 99, 100, 999_999_999, 1_000_000_000, Int.max - 1, Int.max,
            1_000_000_000_000_000_000, 999_999_999_999_999_999,
        ]
    )
    func `writes every integer with all of its digits`(number: Int) {
        let text = line(.info, "m") { $0.member("n", integer: number) }
        #expect(text == "1970-01-01T00:00:00.000Z info     m  n=\(number)\n")
    }

    @Test(arguments: [0, 1, 500, 511, 512, 513, 70_000, 1_000_000])
    func `writes a line of any length whole`(length: Int) {
        let value = String(repeating: "\u{1F600}", count: length / 4) + String(repeating: "x", count: length % 4)
        let text = line(.info, "m") { $0.member("v", value) }
        #expect(text == "1970-01-01T00:00:00.000Z info     m  v=\(value)\n")
    }

    /// The dates of a line's time, and how each part of it is padded.
    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"), (0, 7, "1970-01-01T00:00:00.007Z"),
            (59, 42, "1970-01-01T00:00:59.042Z"),
            (951_782_399, 999, "2000-02-28T23:59:59.999Z"), (951_782_400, 0, "2000-02-29T00:00:00.000Z"),
            (951_868_800, 0, "2000-03-01T00:00:00.000Z"), (4_107_542_400, 1, "2100-03-01T00:00:00.001Z"),
            (253_402_300_799, 999, "9999-12-31T23:59:59.999Z"), (-1, 0, "1970-01-01T00:00:00.000Z"),
            (Int.min, 0, "1970-01-01T00:00:00.000Z"),
        ]
    )
    func `has a time to the millisecond, none before 1970`(seconds: Int, milliseconds: Int, text: String) {
        let line = LogLine(
            isJSON: false,
            time: LogTime(seconds: seconds, milliseconds: milliseconds),
            level: .info,
            label: "t",
            message: "m"
        )
        #expect(line.end { String(decoding: $0, as: UTF8.self) } == "\(text) info     m\n")
    }
}
