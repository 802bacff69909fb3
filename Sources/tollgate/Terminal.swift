import Foundation
import Observability

/// Messages for people go to standard error, data to standard output. Nothing that came from outside reaches a terminal with control
/// characters in it.
enum Terminal {
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
        write(shown + [UInt8(ascii: "\n")], to: STDOUT_FILENO)
    }

    /// Text for people that is on one line, whatever its values hold.
    static func line(_ text: String) {
        data(VisibleText.escaped(text))
    }

    /// Text for people.
    static func data(_ text: String) {
        write(Array((VisibleText.escaped(text, .lines) + "\n").utf8), to: STDOUT_FILENO)
    }

    /// Lines for a program, byte for byte, each with its line end; on a terminal, control characters are escaped.
    /// - Returns: false if nobody reads standard output any more.
    static func lines(_ bytes: [UInt8]) -> Bool {
        write(isatty(STDOUT_FILENO) == 1 ? VisibleText.escaped(json: bytes) : bytes, to: STDOUT_FILENO)
    }

    /// Writes without a line end, for a bar that is written over.
    static func bar(_ text: String) {
        write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// Errors are no reason to end: a closed pipe must not end a gateway.
    /// - Returns: whether all was written.
    @discardableResult
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return false }
            rest = rest.dropFirst(written)
        }
        return true
    }

    /// Whether messages go to a terminal.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns, each as wide as its widest cell.
    static func table(_ rows: [[String]]) -> String {
        let rows = rows.map { $0.map { VisibleText.escaped($0) } }
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }
}
