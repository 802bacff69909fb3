import Foundation

/// Messages for people go to standard error, data to standard output.
enum Terminal {
    static func message(_ text: String) {
        write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    static func data(_ bytes: [UInt8]) {
        write(bytes + [UInt8(ascii: "\n")], to: STDOUT_FILENO)
    }

    static func data(_ text: String) {
        data(Array(text.utf8))
    }

    /// Writes without a line end, for a bar that is written over.
    static func bar(_ text: String) {
        write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// What nobody reads is lost: a closed pipe must not end a gateway.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Whether somebody looks at the messages.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns, each as wide as its widest cell.
    static func table(_ rows: [[String]]) -> String {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }
}
