import Testing

@testable import tollgate

/// CSV that a command prints.
@Suite struct TerminalCSVTests {
    /// A program that reads it gets what the gateway has written: lines end with CR and LF there, by RFC 4180.
    @Test(arguments: [
        "a,b\r\nc,d\r\n", "\"a\nb\",\"c\r\nd\"\r\n", "a\tb\r\n", "\u{1B}[2J,\u{202E}\r\n", "", "é,e\u{301},😀\r\n",
    ])
    func `is for a program what the gateway has written, byte for byte`(text: String) {
        #expect(Terminal.shown(csv: Array(text.utf8), onTerminal: false) == Array(text.utf8))
    }

    @Test func `is for a program as it is, whatever its bytes`() {
        #expect(Terminal.shown(csv: [0xFF, 0x00, 0x0D], onTerminal: false) == [0xFF, 0x00, 0x0D])
    }

    @Test(arguments: [
        ("a,b\r\nc,d\r\n", "a,b\nc,d\n"), ("a\rb\r\n", #"a\u000db"# + "\n"), ("\u{1B}[2J\r\n", #"\u001b[2J"# + "\n"),
        ("\"a\r\nb\"\r\n", "\"a\nb\"\n"), ("\u{202E}x\r\n", #"\u202ex"# + "\n"), ("a\r\r\n", #"a\u000d"# + "\n"),
        ("é", "é"),
    ])
    func `shows no control characters on a terminal, and lines as lines`(text: String, shown: String) {
        #expect(Terminal.shown(csv: Array(text.utf8), onTerminal: true) == Array(shown.utf8))
    }
}
