import Foundation
import Testing

@testable import tollgate

/// Tables for people.
@Suite struct TerminalTests {
    @Test func `makes each column as wide as its widest cell`() {
        let table = Terminal.table([["ID", "NAME", "N"], ["evt-1", "a", "10"], ["e", "api_request", "7"]])
        #expect(
            table == """
                ID     NAME         N
                evt-1  a            10
                e      api_request  7
                """
        )
    }

    @Test func `keeps a value in its column where the first cell is empty or begins with a space`() {
        #expect(Terminal.table([["NAME", "N"], ["", "1"], [" a", "2"], ["", ""]]) == "NAME  N\n      1\n a    2\n")
    }

    @Test(arguments: [
        (0.0, 0), (0.24, 9), (0.25, 10), (0.5, 20), (0.999, 39), (1, 40), (7, 40), (-1, 0), (.infinity, 40),
        (-.infinity, 0), (.nan, 0),
    ])
    func `fills a bar by the part that is done, and not before it is`(part: Double, filled: Int) {
        let (done, rest) = (String(repeating: "#", count: filled), String(repeating: "-", count: 40 - filled))
        #expect(Terminal.bar(of: part) == "[\(done)\(rest)]")
    }

    @Test(arguments: [
        ("", ""), ("[##] 2 of 3", "[##] 2 of 3"), ("done\u{1B}[2J", #"done\u001b[2J"#), ("a\nb\r", #"a\u000ab\u000d"#),
    ])
    func `replaces the line of a bar, with what came from outside escaped`(text: String, shown: String) {
        #expect(Terminal.replacement(text) == "\r\u{1B}[K" + shown)
    }

    @Test func `prints a header alone where there is nothing, and nothing for no rows`() {
        #expect(Terminal.table([["ID", "NAME"]]) == "ID  NAME")
        #expect(Terminal.table([]) == "")
    }

    @Test(arguments: ["a\nb", "a\u{1B}[31mb", "a\u{202E}b", "a\u{9B}b", "a\tb"])
    func `lets no value forge a line, a colour or a direction`(value: String) {
        let table = Terminal.table([["ID"], [value]])
        #expect(table.split(separator: "\n").count == 2)
        let controls = table.unicodeScalars.filter { $0.value < 0x20 || ["\u{202E}", "\u{9B}"].contains($0) }
        #expect(controls.map(String.init) == ["\n"])
    }

    @Test func `says why data could not be written`() throws {
        let (full, pipe) = (open("/dev/full", O_WRONLY), Pipe())
        defer { close(full) }
        #expect(Terminal.write([1, 2], to: full) == ENOSPC)
        #expect(Terminal.write([], to: full) == 0)
        #expect(Terminal.write([1, 2], to: pipe.fileHandleForWriting.fileDescriptor) == 0)
        #expect(try pipe.fileHandleForReading.read(upToCount: 2) == Data([1, 2]))
    }
}
