/// A scheme, a host and a port, as a browser writes them in `Origin` and `Host`.
package struct DashboardOrigin: Sendable, Equatable {
    package let scheme: String
    /// In lower case; an IPv6 address in brackets.
    package let host: String
    /// The scheme's own port if the text has none.
    package let port: Int

    /// Reads an address such as `https://tollgate.example.com:8443`.
    /// - Returns: nil unless it is `http` or `https` with a host, a valid port if any, and no path but `/`.
    package init?(_ text: String) {
        guard let colon = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[colon.upperBound...]
        self.init(scheme: scheme, authority: rest.hasSuffix("/") ? String(rest.dropLast()) : String(rest))
    }

    /// - Parameter authority: the value of `Host`.
    package init?(scheme: String, authority: String) {
        let text = authority.lowercased()
        let isBracketed = text.hasPrefix("[")
        let end = isBracketed ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":")
        guard end != nil || !isBracketed else { return nil }
        var host = text[..<(end ?? text.endIndex)]
        let rest = text[(end ?? text.endIndex)...]
        // One trailing dot names the same host.
        if host.hasSuffix(".") { host = host.dropLast() }
        guard !host.isEmpty, !host.hasSuffix("."), host.utf8.allSatisfy(Self.isAllowed) else { return nil }
        if rest.isEmpty {
            port = scheme == "https" ? 443 : 80
        } else {
            guard rest.hasPrefix(":"), rest.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(rest.dropFirst()), (1...65_535).contains(number)
            else { return nil }
            port = number
        }
        self.scheme = scheme
        self.host = String(host)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["),
            UInt8(ascii: "]"):
            true
        default: false
        }
    }

    /// Whether the host is this machine for the browser that asks, so that it takes `Secure` cookies over plain HTTP.
    package var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" || isLoopbackIPv4
    }

    private var isLoopbackIPv4: Bool { host.hasPrefix("127.") && isIPv4 }

    /// Whether the host is an address rather than a name. A name can be made to mean another address, an address cannot.
    package var isAddress: Bool { host.hasPrefix("[") || isIPv4 }

    private var isIPv4: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { (0x30...0x39).contains($0) } && part.count <= 3 && UInt8(part) != nil
            }
    }

    /// As in `Origin`.
    package var text: String {
        let isUsual = port == (scheme == "https" ? 443 : 80)
        return isUsual ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }
}
