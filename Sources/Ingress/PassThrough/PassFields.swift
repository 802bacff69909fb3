/// Which header fields of a passed call go from the client to the vendor, and which come back.
///
/// All fields pass except hop-by-hop fields, secrets and the gateway's own. Names are compared with `_` as `-`, because
/// CGI-like servers treat both as the same.
enum PassFields {
    typealias Field = (name: String, value: String)

    /// The fields for the vendor. Host, framing and credential are set later, by the gateway alone.
    /// - Parameter key: the client's; no field that contains it passes.
    static func outgoing(_ fields: [Field], without key: String) -> [Field] {
        let named = namedByConnection(fields)
        return fields.filter { field in
            let name = plain(field.name)
            return !named.contains(name) && !connectionFields.contains(name) && !framingFields.contains(name)
                && !clientSecrets.contains(name) && !steeringFields.contains(name) && !ownFields.contains(name)
                && !steeringPrefixes.contains(where: name.hasPrefix) && !holds(field.value, key)
        }
    }

    /// The fields for the client, with the addresses of the vendor's API rewritten.
    static func incoming(_ fields: [Field], at address: PassAddress) -> [Field] {
        let named = namedByConnection(fields)
        return fields.compactMap { field in
            let name = plain(field.name)
            guard !named.contains(name), !connectionFields.contains(name), !vendorSecrets.contains(name),
                !hostPolicies.contains(name), !ownFields.contains(name), !serverFields.contains(name)
            else { return nil }
            switch name {
            case "content-length": return Int(field.value).map { $0 >= 0 } ?? false ? field : nil
            case "location", "content-location": return (field.name, address.rewritten(field.value))
            case "link": return (field.name, address.rewrittenLinks(field.value))
            default: return field
            }
        }
    }

    /// Whether a value is the key, or contains it. A key of a few letters would match in many words.
    static func holds(_ value: String, _ key: String) -> Bool {
        value == key || key.utf8.count >= shortestKey && value.contains(key)
    }

    private static let shortestKey = 8

    /// A name for comparison: in lower case, with `-` for `_`.
    private static func plain(_ name: String) -> String { name.lowercased().replacing("_", with: "-") }

    /// Fields named by `Connection` are hop-by-hop.
    private static func namedByConnection(_ fields: [Field]) -> Set<String> {
        var names: Set<String> = []
        for field in fields where plain(field.name) == "connection" {
            for name in field.value.split(separator: ",") {
                names.insert(plain(String(name.filter { !$0.isWhitespace })))
            }
        }
        return names
    }

    // MARK: - Names

    /// Of one connection (RFC 9110, section 7.6.1).
    private static let connectionFields: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "http2-settings",
        "proxy-authenticate", "proxy-authorization", "proxy-authentication-info",
    ]
    private static let framingFields: Set<String> = ["content-length", "expect", "host"]
    private static let clientSecrets: Set<String> = ["authorization", "x-api-key", "cookie", "cookie2"]
    /// Fields with which a client could make the vendor see another host, path, method or address than those of the request.
    private static let steeringFields: Set<String> = [
        "forwarded", "via", "x-host", "x-http-host-override", "x-real-ip", "x-client-ip", "x-cluster-client-ip",
        "true-client-ip",
        "cf-connecting-ip", "fastly-client-ip", "x-rewrite-url", "x-http-method", "x-http-method-override",
        "x-method-override",
    ]
    private static let steeringPrefixes = ["x-forwarded", "x-original-"]
    private static let ownFields: Set<String> = ["x-request-id", "traceparent"]
    /// Fields about a session at the vendor, or about signing in there.
    private static let vendorSecrets: Set<String> = [
        "set-cookie", "set-cookie2", "www-authenticate", "authentication-info",
    ]
    /// Policies that a browser would remember for the host, which is the gateway's.
    private static let hostPolicies: Set<String> = [
        "alt-svc", "strict-transport-security", "public-key-pins", "expect-ct", "clear-site-data", "nel", "report-to",
        "reporting-endpoints",
    ]
    /// Set by the gateway's own server.
    private static let serverFields: Set<String> = ["server", "date", "via"]
}
