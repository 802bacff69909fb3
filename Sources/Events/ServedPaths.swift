/// The paths of its vendor's API that a facade serves itself.
extension Dialect {
    /// How the paths of the vendor's API begin at the vendor: `/api/v1`. At the gateway the vendor's name precedes it.
    package var vendorPrefix: String { String(prefixes[0].dropFirst(adapter.rawValue.count + 1)) }

    /// Whether the facade serves a path in exactly this spelling.
    /// - Parameter path: below the prefix, with a leading slash.
    package func serves(_ method: String, _ path: String) -> Bool {
        // The call reports what is wrong with the empty body, which is a response too, so the path is known.
        let headers = [(name: "Content-Type", value: "application/json"), (name: "Content-Length", value: "0")]
        if case .unserved = call(for: DialectRequest(method: method, path: path, headers: headers)) { return false }
        return true
    }

    /// The methods by which the facade serves a path in exactly this spelling; none for a path that it does not serve.
    /// - Parameter path: below the prefix, with a leading slash.
    package func methods(at path: String) -> [String] { Self.methods.filter { serves($0, path) } }

    /// Whether a path means one that the facade serves, by any method and in any spelling that a server might accept: percent-decoded, in
    /// other letter case, with a format or parameters after a segment, or with extra slashes.
    ///
    /// Such a path is never passed to the vendor, because an event would bypass the journal.
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
