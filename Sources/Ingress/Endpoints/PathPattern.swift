import Access
import Foundation

/// The path of an endpoint: as it stands, or with one part that stands for any text, as in `/v1/events/{id}`.
struct PathPattern: Sendable, Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
    let description: String
    /// What is before and after the part that varies; nil if none does.
    let variable: (prefix: String, suffix: String)?

    init(stringLiteral text: String) {
        description = text
        guard let open = text.firstIndex(of: "{"), let close = text.firstIndex(of: "}") else {
            variable = nil
            return
        }
        variable = (prefix: String(text[..<open]), suffix: String(text[text.index(after: close)...]))
    }

    /// The text that stands for the part that varies, percent-decoded; nil if the path is another one.
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
