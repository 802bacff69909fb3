import Events
import JSON

/// A vendor's own words from an answer, made fit to be kept: short, on one line, without the request's data.
enum VendorWords {
    /// The most bytes of a vendor's text that are kept.
    static let longest = 500

    /// The texts joined and cut; nil if there is none.
    static func cut(_ texts: [String]) -> String? {
        let line = texts.joined(separator: "; ").map { $0.isNewline || $0 == "\0" ? " " : $0 }
        guard !line.isEmpty else { return nil }
        return line.count > longest ? String(line.prefix(longest)) + "…" : String(line)
    }

    /// The texts of the members that vendors put their reasons into; nil where the body is no JSON object or has none of them.
    static func reasons(in answer: VendorAnswer, members: [String]) -> String? {
        guard let root = answer.json?.root else { return nil }
        return cut(members.compactMap { root[$0]?.string })
    }
}

extension VendorAnswer {
    /// The body as JSON; nil if it is not, as from a proxy in between.
    var json: JSONDocument? {
        do {
            return try JSONDocument(parsing: body)
        } catch {
            return nil
        }
    }

    /// What the standard `Retry-After` field asks for.
    var retryAfter: RetryAfter? {
        header("retry-after").flatMap { RetryAfter(field: $0) }
    }

    /// Whether the status is a success by HTTP's own words.
    var isSuccess: Bool { (200..<300).contains(status) }
}
