import Foundation

/// The rules for a provider's address.
enum BaseURL {
    /// What a provider allows beyond them.
    struct Allowance {
        var privateAddress = false
        var plainHTTP = false
    }

    /// Why a text cannot be a provider's address; nil if it can. Never repeats the text, which may hold a password.
    static func fault(in text: String, allowing allowance: Allowance) -> String? {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty
        else {
            return "must be an address such as \"https://api.example.com\""
        }
        guard scheme == "https" || scheme == "http" else {
            return "must start with https:// or http://"
        }
        if parts.user != nil || parts.password != nil { return "must not hold a user or a password" }
        if parts.query != nil || parts.fragment != nil { return "must end with its path, without \"?\" or \"#\"" }
        if isLoopback(text) { return nil }
        if NetworkAddress(host)?.reach == .inside, !allowance.privateAddress {
            return "is an address of a private network; if that is right, say \"allow_private_address\": true"
        }
        if scheme == "http", !allowance.plainHTTP {
            return
                "is plain http, which shows the vendor's key to the network: use https, or say \"allow_plain_http\": true"
        }
        return nil
    }

    /// Why a text cannot be the address of a receiver of notifications; nil if it can. Never repeats the text, which may hold a token.
    static func receiverFault(in text: String, allowsPlainHTTP: Bool) -> String? {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty
        else { return "must be an address such as \"https://alerts.example.com/tollgate\"" }
        guard scheme == "https" || scheme == "http" else { return "must start with https:// or http://" }
        if parts.user != nil || parts.password != nil { return "must not hold a user or a password" }
        if scheme == "http", !allowsPlainHTTP, !isLoopback(text) {
            return "is plain http, which shows messages to the network: use https, or say \"allow_plain_http\": true"
        }
        return nil
    }

    /// Whether an address is on this machine: a simulator or a server of one's own, to which the hosted service's limits do not apply.
    static func isLoopback(_ text: String) -> Bool {
        guard let host = URLComponents(string: text)?.host else { return false }
        return host.lowercased() == "localhost" || NetworkAddress(host)?.reach == .loopback
    }

    static func trimmed(_ text: String) -> String {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    /// An address without what the vendor's requests add to it, as far as it has that: vendors print their address with the version
    /// in it, or that of one call.
    /// - Parameters:
    ///   - text: without a trailing slash.
    ///   - prefix: what the paths of all requests begin with, such as `/v1`.
    static func withoutVersion(_ text: String, _ prefix: String) -> String {
        guard !prefix.isEmpty, let hostStart = text.range(of: "://")?.upperBound,
            let pathStart = text[hostStart...].firstIndex(of: "/")
        else { return text }
        let path = text[pathStart...]
        if path.hasSuffix(prefix) { return trimmed(String(text.dropLast(prefix.count))) }
        guard let call = path.range(of: prefix + "/events", options: .backwards),
            call.upperBound == path.endIndex || path[call.upperBound] == "/"
        else { return text }
        return trimmed(String(text[..<call.lowerBound]))
    }
}
