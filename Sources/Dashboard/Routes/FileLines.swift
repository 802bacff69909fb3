import ConfigurationFile
import JSON

/// A file as it is shown: a line each, with its number and what is wrong in it.
struct FileLines: Sendable {
    /// One line.
    struct Line: Sendable {
        let number: Int
        let text: String
        let isFaulty: Bool
    }

    /// Maximum number of lines that are shown.
    static let most = 5000

    let lines: [Line]
    /// How many lines are not shown; nil if all are.
    let hidden: String?

    init(_ text: String, faults: [ConfigurationFault] = []) {
        let faulty = Set(faults.map(\.position.line))
        // By bytes, because a carriage return and a line feed are one character; faults count line feeds.
        let all = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line))
        }
        lines = all.prefix(Self.most).enumerated().map { index, line in
            Line(number: index + 1, text: line, isFaulty: faulty.contains(index + 1))
        }
        hidden = all.count > Self.most ? PlainNumbers.count(all.count - Self.most) : nil
    }

    /// The number of the line on which something has this name; nil if there is none.
    func line(naming name: String) -> Int? {
        lines.first { $0.text.contains("\"name\"") && $0.text.contains("\"\(name)\"") }?.number
    }
}
