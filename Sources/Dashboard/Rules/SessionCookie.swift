package import Events

/// The cookie that holds a session's token. Its prefix makes browsers refuse it unless it is `Secure`, of this host alone, and for all
/// paths, so that no sibling host can set it.
package enum SessionCookie {
    package static let name = "__Host-tollgate"
    private static let attributes = "Secure; HttpOnly; SameSite=Strict; Path=/"

    /// The value of `Set-Cookie` for a new session.
    package static func setting(_ token: Secret) -> String { "\(name)=\(token.reveal()); \(attributes)" }

    /// The value of `Set-Cookie` that removes the cookie.
    package static let removal = "\(name)=; Max-Age=0; \(attributes)"

    /// The value of the cookie in a `Cookie` header; nil if there is none, or several that differ.
    package static func value(in headers: [String]) -> Substring? {
        var found: Substring?
        for pair in headers.flatMap({ $0.split(separator: ";") }) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].trimming(while: { $0 == " " }) == name else { continue }
            let value = parts[1].trimming(while: { $0 == " " })
            guard found == nil || found == value else { return nil }
            found = value
        }
        return found
    }
}

extension Substring {
    /// Without the characters at both ends that `isOuter` takes.
    fileprivate func trimming(while isOuter: (Character) -> Bool) -> Substring {
        var text = drop(while: isOuter)
        while let last = text.last, isOuter(last) { text = text.dropLast() }
        return text
    }
}
