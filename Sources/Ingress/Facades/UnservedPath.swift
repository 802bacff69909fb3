import Access
import Events

/// Explains a request below a vendor's prefix, or near it, that is not served there.
enum UnservedPath {
    /// One sentence on what to do: the right address if the path is nearly one, otherwise that the call belongs to the vendor.
    /// - Parameter path: whole, still percent-encoded, without the query.
    static func advice(_ method: String, _ path: String, of dialect: any Dialect) -> String {
        let vendor = dialect.adapter.rawValue.prefix(1).uppercased() + dialect.adapter.rawValue.dropFirst()
        if let right = served(method, path, by: dialect), right != path {
            return
                "\"\(path.prefix(200))\" is not an address of this gateway; use \(right.prefix(200)) (the base URL for "
                + "\(vendor)'s SDKs ends with \(dialect.basePath))"
        }
        return "this gateway serves only \(vendor)'s events API, below \(dialect.prefixes[0]); send \(method) "
            + "\(path.prefix(200)) to \(vendor) itself" + passing(method, path, of: dialect)
    }

    /// How to have the gateway pass the call on; nothing for a path that is below none of the facade's prefixes.
    private static func passing(_ method: String, _ path: String, of dialect: any Dialect) -> String {
        guard let prefix = dialect.prefixes.first(where: { path.hasPrefix($0 + "/") }) else { return "" }
        let vendorPath = dialect.vendorPrefix + path.dropFirst(prefix.count)
        let scope: Scope = method == "GET" || method == "HEAD" ? .readVendor : .writeVendor
        return
            ", or have the gateway pass it on: in routes.json, give the client the scope \(scope.rawValue) and "
            + "\"pass\": {\"\(dialect.adapter)\": [\"\(vendorPath.prefix(200))\"]}"
    }

    /// The address that serves the end of a path: `/lago/api/v1/events/batch` for `/lago/events/batch`; nil if none does.
    private static func served(_ method: String, _ path: String, by dialect: any Dialect) -> String? {
        let parts = path.split(separator: "/")
        for start in parts.indices.prefix(mostParts) {
            let rest = "/" + parts[start...].joined(separator: "/")
            // For some vendors a trailing slash makes another path.
            for candidate in [rest, rest + "/"] where dialect.serves(method, candidate) {
                return dialect.prefixes[0] + candidate
            }
        }
        return nil
    }

    /// A path with more parts is not a typing mistake.
    private static let mostParts = 8
}
