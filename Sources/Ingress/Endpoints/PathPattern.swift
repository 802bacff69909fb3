import Access
import Foundation

/// The path of an endpoint: fixed, or with one variable part, as in `/v1/events/{id}`.
struct PathPattern: Sendable, Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
    let description: String
    /// What precedes and follows the variable part; nil if there is none.
    let variable: (prefix: String, suffix: String)?

    init(stringLiteral text: String) {
        description = text
        guard let open = text.firstIndex(of: "{"), let close = text.firstIndex(of: "}") else {
            variable = nil
            return
        }
        variable = (prefix: String(text[..<open]), suffix: String(text[text.index(after: close)...]))
    }

    /// The text at the variable part, percent-decoded; nil if the path does not match.
    /// - Parameter path: still percent-encoded, so that an encoded slash stays part of the text.
    func match(_ path: String) -> String? {
        guard let variable else { return path == description ? "" : nil }
        guard path.hasPrefix(variable.prefix), path.hasSuffix(variable.suffix),
            path.utf8.count > variable.prefix.utf8.count + variable.suffix.utf8.count
        else { return nil }
        let part = path.dropFirst(variable.prefix.count).dropLast(variable.suffix.count)
        return part.contains("/") ? nil : part.removingPercentEncoding
    }

    static func == (one: PathPattern, other: PathPattern) -> Bool { one.description == other.description }
}
