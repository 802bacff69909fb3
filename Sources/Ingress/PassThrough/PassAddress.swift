import Events
import Foundation
import Routing

/// Where a vendor's API is at the vendor and at the gateway, to rewrite the addresses in a response.
struct PassAddress: Equatable {
    /// Of the vendor: `https://api.example.com`.
    private let vendorOrigin: String
    /// How paths begin at the vendor, after the host: `/api/v1`.
    private let vendorPath: String
    /// Of the gateway, as the client called it; empty if it did not say.
    private let gatewayOrigin: String
    /// How paths begin at the gateway: `/lago/api/v1`.
    private let gatewayPath: String

    /// - Parameters:
    ///   - gatewayOrigin: scheme and authority; nil if the client named no host.
    ///   - prefix: the facade's prefix in the request.
    init(of provider: ProviderConfiguration, gatewayOrigin: String?, prefix: String) {
        let parts = URLComponents(string: provider.connection.baseURL)
        let port = parts?.port.map { ":\($0)" } ?? ""
        vendorOrigin = "\(parts?.scheme ?? "https")://\(parts?.encodedHost ?? "")\(port)"
        vendorPath = (parts?.percentEncodedPath ?? "") + provider.traits.api.pathPrefix
        self.gatewayOrigin = gatewayOrigin ?? ""
        gatewayPath = prefix
    }

    /// A reference (RFC 3986, section 4.1) rewritten for the client: references into the vendor's API point to the gateway, all others
    /// keep their host.
    func rewritten(_ reference: String) -> String {
        if let (authority, rest) = Self.split(reference) {
            guard Self.plain(authority) == Self.plain(Self.split(vendorOrigin)?.authority ?? "") else {
                return reference
            }
            return belowPath(rest).map { gatewayOrigin + gatewayPath + $0 } ?? reference
        }
        guard reference.hasPrefix("/") else { return reference }
        return belowPath(reference[...]).map { gatewayPath + $0 } ?? vendorOrigin + reference
    }

    /// The values of `Link` (RFC 8288, section 3), each reference rewritten.
    func rewrittenLinks(_ value: String) -> String {
        var text = ""
        var rest = value[...]
        var isQuoted = false
        while let character = rest.popFirst() {
            text.append(character)
            switch character {
            case "\"": isQuoted.toggle()
            case "\\" where isQuoted: if let escaped = rest.popFirst() { text.append(escaped) }
            case "<" where !isQuoted:
                guard let end = rest.firstIndex(of: ">") else { return text + rest }
                text += rewritten(String(rest[..<end]))
                rest = rest[end...]
            default: break
            }
        }
        return text
    }

    /// The rest after the vendor's path; nil for a path outside of it.
    private func belowPath(_ path: Substring) -> Substring? {
        guard path.hasPrefix(vendorPath) else { return nil }
        let rest = path.dropFirst(vendorPath.count)
        return rest.isEmpty || ["/", "?", "#"].contains(rest.first) ? rest : nil
    }

    /// The authority of a reference that has one, and the rest.
    private static func split(_ reference: String) -> (authority: Substring, rest: Substring)? {
        let start: Substring.Index
        if reference.hasPrefix("//") {
            start = reference.index(reference.startIndex, offsetBy: 2)
        } else {
            guard let mark = reference.range(of: "://"),
                ["http", "https"].contains(reference[..<mark.lowerBound].lowercased())
            else { return nil }
            start = mark.upperBound
        }
        let end = reference[start...].firstIndex { "/?#".contains($0) } ?? reference.endIndex
        return (reference[start..<end], reference[end...])
    }

    /// In lower case and without default ports: vendors behind a proxy write `http` where it is `https`.
    private static func plain(_ authority: Substring) -> String {
        let text = authority.lowercased()
        for port in [":443", ":80"] where text.hasSuffix(port) { return String(text.dropLast(port.count)) }
        return text
    }
}
