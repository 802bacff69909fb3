/// Which paths of its vendor's API a facade serves itself.
extension Dialect {
    /// What the paths of the vendor's API begin with at the vendor: `/api/v1`. At the gateway the vendor's name stands before it.
    package var vendorPrefix: String { String(prefixes[0].dropFirst(adapter.rawValue.count + 1)) }

    /// Whether the facade serves a path, in exactly this spelling.
    /// - Parameter path: below the prefix, with a leading slash.
    package func serves(_ method: String, _ path: String) -> Bool {
        // Of a request without a body whatever is wrong with that is an answer, and so is the path known.
        let headers = [(name: "Content-Type", value: "application/json"), (name: "Content-Length", value: "0")]
        if case .unserved = call(for: DialectRequest(method: method, path: path, headers: headers)) { return false }
        return true
    }

    /// Whether a path means one that the facade serves, by any method and in any spelling that a server might read as it: with
    /// percent-encoding undone, in other letters' case, with a format or parameters after a segment, with slashes too many.
    ///
    /// Such a path never goes to the vendor as it is, because an event would reach it beside the journal.
    package func meansServedPath(_ path: String) -> Bool {
        let path = path.lowercased().replacing("\\", with: "/")
        let segments = path.split(separator: "/")
        let bare = segments.map { segment in segment.prefix { $0 != "." && $0 != ";" } }
        return Set([segments, bare].map { "/" + $0.joined(separator: "/") }).contains { candidate in
            Self.methods.contains { serves($0, candidate) || serves($0, candidate + "/") }
        }
    }

    private static var methods: [String] { ["GET", "POST", "PUT", "PATCH", "DELETE"] }
}
