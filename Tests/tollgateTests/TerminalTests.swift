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
