import ConfigurationFile
import JSON
import Testing

@testable import Dashboard

/// A file as it is shown: lines as editors count them, with what is wrong marked.
@Suite struct FileLinesTests {
    private func fault(line: Int) -> ConfigurationFault {
        ConfigurationFault(severity: .error, position: JSONPosition(line: line, column: 1), message: "m")
    }

    @Test(arguments: [
        ("", [""]), ("a", ["a"]), ("a\n", ["a", ""]), ("\n\n", ["", "", ""]), ("a\r\nb\r\n", ["a", "b", ""]),
        ("a\nb\r\nc", ["a", "b", "c"]), ("a\rb", ["a\rb"]), ("a\r\r\nb", ["a\r", "b"]), ("é\r\n😀", ["é", "😀"]),
        ("a\u{2028}b", ["a\u{2028}b"]), ("a\n\u{301}b", ["a", "\u{301}b"]),
    ])
    func `ends a line where a line feed is, with or without a carriage return`(text: String, lines: [String]) {
        let file = FileLines(text)
        #expect(file.lines.map { Array($0.text.utf8) } == lines.map { Array($0.utf8) })
        #expect(file.lines.map(\.number) == Array(1...lines.count) && file.hidden == nil)
    }

    /// The line of a fault is counted by line feeds, in files of any system.
    @Test(arguments: ["\n", "\r\n"])
    func `marks the line that the reader of a file names`(end: String) throws {
        let text = ["{", #" "a": 1,"#, #" "b": x"#, "}"].joined(separator: end)
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array(text.utf8))
            Issue.record("the file is valid")
        } catch {
            let file = FileLines(text, faults: [fault(line: error.position.line)])
            #expect(file.lines.map(\.isFaulty) == [false, false, true, false])
        }
    }

    @Test func `marks each faulty line once, and none that there is not`() {
        let file = FileLines("a\nb\nc", faults: [0, 2, 2, 3, 4, Int.max, -1].map(fault(line:)))
        #expect(file.lines.map(\.isFaulty) == [false, true, true])
    }

    @Test(arguments: [(4999, 5000, nil), (5000, 5000, "1"), (6234, 5000, "1,235")] as [(Int, Int, String?)])
    func `shows five thousand lines, and says how many more there are`(ends: Int, shown: Int, hidden: String?) {
        let file = FileLines(String(repeating: "x\r\n", count: ends))
        #expect(file.lines.count == shown && file.hidden == hidden)
    }

    @Test func `finds the line on which something is named`() {
        let file = FileLines(
            "{\"name\": \"b\"}\r\n{ \"other\": \"a\" }\r\n{\"name\": \"a\", \"x\": 1}\r\n{\"name\":\"a\"}"
        )
        #expect(file.line(naming: "a") == 3 && file.line(naming: "b") == 1)
        #expect(file.line(naming: "c") == nil && file.line(naming: "") == nil)
    }
}
