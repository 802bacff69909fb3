import Foundation
import Observability

/// Bars that show how far something long has come, on a terminal: each takes the place of the one before.
extension Terminal {
    /// Shows a bar with a text beside it.
    static func bar(_ text: String) {
        write(Array(replacement(text).utf8), to: STDERR_FILENO)
    }

    /// Leaves the bar on the terminal; what comes next is below it.
    static func keepBar() {
        write([UInt8(ascii: "\n")], to: STDERR_FILENO)
    }

    /// Removes the bar from the terminal.
    static func clearBar() {
        bar("")
    }

    /// What a terminal gets to show a text in place of its line. Control characters of the text are escaped, because parts of it may come from
    /// outside.
    static func replacement(_ text: String) -> String {
        "\r\u{1B}[K" + VisibleText.escaped(text)
    }

    /// `[##########------------------------------]`
    /// - Parameter part: from 0 to 1; what lies outside, or is not a number, is shown as the nearest of them.
    static func bar(of part: Double) -> String {
        let filled = Int((part.isNaN ? 0 : min(max(part, 0), 1)) * Double(barWidth))
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: barWidth - filled) + "]"
    }

    private static let barWidth = 40
}
