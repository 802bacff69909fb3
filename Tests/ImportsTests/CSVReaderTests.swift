import Client
import Foundation
import TestSupport
import Testing

@testable import Imports

/// Rows of a table by RFC 4180, and of what programs write instead.
@Suite struct CSVReaderTests {
    /// Rows as `line: field|field`, faults as `line: message`; at the end why the table cannot be read further.
    private func read(_ content: [UInt8]) async throws -> [String] {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "table.csv")
            try Data(content).write(to: file)
            var reader = CSVReader(FileBytes(try FileHandle(forReadingFrom: file)))
            var found: [String] = []
            do throws(FileFailure) {
                while let item = try reader.next() {
                    switch item {
                    case .record(let record): found.append("\(record.line): \(record.fields.joined(separator: "|"))")
                    case .fault(let fault): found.append("\(fault.position.line): \(fault.message)")
                    }
                }
            } catch {
                found.append("\(error)")
            }
            return found
        }
    }

    private func read(_ text: String) async throws -> [String] { try await read(Array(text.utf8)) }

    @Test(arguments: [
        ("a,b\n", ["1: a|b"]), ("a,b", ["1: a|b"]), ("a,", ["1: a|"]), (",", ["1: |"]), (",,\n,,", ["1: ||", "2: ||"]),
        ("\"\"", ["1: "]), ("\"\",\"\"", ["1: |"]), ("\"\"\"\"", ["1: \""]), (#""a""b""#, [#"1: a"b"#]),
        (#"a"b,c""#, [#"1: a"b|c""#]), (#""a"b,c"#, ["1: ab|c"]), (#""a" ,c"#, ["1: a |c"]),
        (#" "a",c"#, [#"1:  "a"|c"#]),
        (" a , b ", ["1:  a | b "]), ("a,b\n\n\n\nc,d", ["1: a|b", "5: c|d"]), ("\n\na,b", ["3: a|b"]), ("", []),
        ("\n\r\n\n", []), ("\u{FEFF}", []), ("\u{FEFF}\"a\",b", ["1: a|b"]), ("a\u{FEFF},b", ["1: a\u{FEFF}|b"]),
        ("a,b\n\"c\n\nd\",e\nf,g", ["1: a|b", "2: c\n\nd|e", "5: f|g"]),
        ("a,b\r\n\"c\r\nd\",e\r\n", ["1: a|b", "2: c\r\nd|e"]),
        ("a,b\r\n\"c\"\r\n", ["1: a|b", "2: c"]), ("a,b\n\u{0},\u{1}", ["1: a|b", "2: \u{0}|\u{1}"]),
    ])
    func `reads quotes, empty fields and empty lines, and knows where each row begins`(text: String, rows: [String])
        async throws
    {
        #expect(try await read(text) == rows)
    }

    /// The first line tells, without what is in quotes.
    @Test(arguments: [
        ("a,b;c,d", ["1: a|b;c|d"]), ("a;b,c;d", ["1: a|b,c|d"]), ("a\tb,c\td", ["1: a|b,c|d"]),
        ("a;b,c", ["1: a;b|c"]),
        ("\"a,b,c\";d", ["1: a,b,c|d"]), ("\"a;b\",c", ["1: a;b|c"]), ("a\nb;c,d", ["1: a", "2: b;c|d"]),
        ("a;b\nc,d;e", ["1: a|b", "2: c,d|e"]), ("a|b,c", ["1: a|b|c"]), ("\na;b", ["2: a|b"]),
    ])
    func `takes the separator that the first line has most of`(text: String, rows: [String]) async throws {
        #expect(try await read(text) == rows)
    }

    @Test(arguments: [
        ("a,\"b", "the quote of a field in the row at line 1 is never closed"),
        ("a,b\n\n\"c,d\ne,f\n", "the quote of a field in the row at line 3 is never closed"),
        ("\"a\"\"", "the quote of a field in the row at line 1 is never closed"),
    ])
    func `says in which row a quote is never closed`(text: String, message: String) async throws {
        #expect(try await read(text).last == message)
    }

    @Test func `names a row that is no UTF-8, and reads the next one`() async throws {
        let advice = "convert the file to UTF-8 first, for example with: iconv -f WINDOWS-1252 -t UTF-8"
        for bytes in [[0xE9], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]] {
            let content = Array("a,b\n\"".utf8) + bytes + Array("\n\",c\nd,e".utf8)
            #expect(try await read(content) == ["1: a|b", "2: the row is not UTF-8; \(advice)", "4: d|e"])
        }
    }

    // MARK: - Tables at random

    /// A field that is quoted where it must be, and sometimes where it need not be.
    private static func written(_ field: String, _ random: inout SeededRandom) -> String {
        let mustBeQuoted = field.unicodeScalars.contains { ",;\t\"\r\n".unicodeScalars.contains($0) }
        guard mustBeQuoted || Int.random(in: 0..<4, using: &random) == 0 else { return field }
        return "\"\(field.replacing("\"", with: "\"\""))\""
    }

    private static func field(_ random: inout SeededRandom) -> String {
        let parts = ["a", "ä", "😀", ",", ";", "\t", "\"", "\n", "\r\n", "\r", " ", "\u{FEFF}", "e\u{301}"]
        return (0..<Int.random(in: 0...5, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
            .joined()
    }

    @Test(arguments: [",", ";", "\t"], ["\n", "\r\n", "\r"])
    func `reads back every table that was written by the standard`(separator: String, lineEnd: String) async throws {
        var random = SeededRandom()
        for round in 0..<20 {
            let columns = Int.random(in: 2...6, using: &random)
            var text = round.isMultiple(of: 2) ? "\u{FEFF}" : ""
            var expected = ["1: " + (0..<columns).map { "h\($0)" }.joined(separator: "|")]
            text += (0..<columns).map { "h\($0)" }.joined(separator: separator)
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                text += lineEnd
                let fields = (0..<columns).map { _ in Self.field(&random) }
                let last = lineEnd == "\r" ? "\r" : "\n"
                let line = text.utf8.count { $0 == last.utf8.first } + 1
                expected.append("\(line): \(fields.joined(separator: "|"))")
                text += fields.map { Self.written($0, &random) }.joined(separator: separator)
            }
            if Bool.random(using: &random) { text += lineEnd }
            let found = try await read(text)
            #expect(
                found.map { Array($0.utf8) } == expected.map { Array($0.utf8) },
                "seed \(SeededRandom.seed), round \(round)"
            )
        }
    }
}
