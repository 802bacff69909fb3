import Foundation
import Observability

/// Messages for people go to standard error, data to standard output. Nothing that came from outside reaches a terminal with control
/// characters in it.
enum Terminal {
    /// Writes a line to standard error. Control characters are escaped, because parts of the text may come from outside.
    static func message(_ text: String) {
        write(Array((VisibleText.escaped(text, .lines) + "\n").utf8), to: STDERR_FILENO)
    }

    /// A message that is on one line, whatever its values hold: none of them can forge another.
    static func note(_ text: String) {
        message(VisibleText.escaped(text))
    }

    /// JSON: byte for byte for a program, with control characters escaped on a terminal.
    static func data(_ bytes: [UInt8]) {
        let shown = isatty(STDOUT_FILENO) == 1 ? VisibleText.escaped(json: bytes) : bytes
        output(shown + [UInt8(ascii: "\n")])
    }

    /// Text for people that is on one line, whatever its values hold.
    static func line(_ text: String) {
        data(VisibleText.escaped(text))
    }

    /// A part of an output that goes on until it is interrupted; on one line, unless the layout keeps line feeds.
    /// - Returns: false if nobody reads standard output any more.
    static func goOn(with text: String, _ layout: VisibleText.Layout = .line) -> Bool {
        output(Array((VisibleText.escaped(text, layout) + "\n").utf8))
    }

    /// Text for people.
    static func data(_ text: String) {
        output(Array((VisibleText.escaped(text, .lines) + "\n").utf8))
    }

    /// Lines for a program, byte for byte, each with its line end; on a terminal, control characters are escaped.
    /// - Returns: false if nobody reads standard output any more.
    static func lines(_ bytes: [UInt8]) -> Bool {
        output(isatty(STDOUT_FILENO) == 1 ? VisibleText.escaped(json: bytes) : bytes)
    }

    /// CSV for a program, byte for byte; the lines have their ends.
    static func csv(_ bytes: [UInt8]) {
        output(shown(csv: bytes, onTerminal: isatty(STDOUT_FILENO) == 1))
    }

    /// On a terminal, lines end with LF alone, and other control characters are escaped.
    static func shown(csv bytes: [UInt8], onTerminal: Bool) -> [UInt8] {
        guard onTerminal else { return bytes }
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        return Array(VisibleText.escaped(text, .lines).utf8)
    }

    /// Writes data. Where it cannot be written, as on a full disk, the command fails: what is there is not all.
    /// - Returns: false if nobody reads standard output any more.
    @discardableResult
    private static func output(_ bytes: [UInt8]) -> Bool {
        switch write(bytes, to: STDOUT_FILENO) {
        case 0: return true
        case EPIPE: return false
        case let code:
            message("standard output cannot be written: \(String(cString: strerror(code)))")
            exit(1)
        }
    }

    /// For messages, an error is no reason to end: a closed pipe must not end a gateway.
    /// - Returns: 0 if all was written, else the system's error.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            if written < 0, errno == EAGAIN, descriptor == STDOUT_FILENO {
                // A program that reads has left its end of the pipe non-blocking, for both.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
                continue
            }
            guard written > 0 else { return written < 0 ? errno : EIO }
            rest = rest.dropFirst(written)
        }
        return 0
    }

    /// Whether messages go to a terminal.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns, each as wide as its widest cell. A first cell that is empty keeps its column.
    /// - Parameter rows: all with as many cells as the first.
    static func table(_ rows: [[String]]) -> String {
        let rows = rows.map { $0.map { VisibleText.escaped($0) } }
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let line = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "  ")
            return String(line.prefix(upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex))
        }.joined(separator: "\n")
    }
}
