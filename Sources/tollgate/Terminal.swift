import Foundation

/// Messages for people go to standard error, data to standard output.
enum Terminal {
    static func message(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    static func data(_ bytes: [UInt8]) {
        FileHandle.standardOutput.write(Data(bytes + [UInt8(ascii: "\n")]))
    }

    static func data(_ text: String) {
        data(Array(text.utf8))
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
