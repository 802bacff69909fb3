import Foundation
import NIOCore

/// A vendor's server, to which connections belong.
struct VendorOrigin: Hashable, Sendable {
    let isSecure: Bool
    /// A name or an address, without brackets.
    let host: String
    let port: Int
    /// The value of a request's `Host` field.
    let field: String

    /// - Throws: ``FaultyRequest`` if the address names no server, or a protocol other than HTTP.
    init(of address: URLComponents) throws(FaultyRequest) {
        guard let host = address.encodedHost, !host.isEmpty, let scheme = address.scheme?.lowercased(),
            ["http", "https"].contains(scheme)
        else { throw FaultyRequest() }
        isSecure = scheme == "https"
        let usual = isSecure ? 443 : 80
        port = address.port ?? usual
        field = port == usual ? host : "\(host):\(port)"
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    /// The name that the vendor's certificate must be for; nil if it must be for the address that was connected to.
    var certifiedName: String? {
        // As in TLS: only the usual notations are addresses, everything else is a name.
        (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
    }
}

/// A request that cannot be written in HTTP. Reveals nothing of its content, which may be a credential.
struct FaultyRequest: Error {}
