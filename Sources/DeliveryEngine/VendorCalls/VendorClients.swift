package import NIOCore
package import NIOSSL
package import Routing

/// The HTTP clients of a lane: one for vendors on the internet, one for providers that may be at any address.
package struct VendorClients: Sendable {
    private let anywhere: VendorClient
    private let outside: VendorClient

    /// - Parameters:
    ///   - roots: certificate authorities in addition to the system's.
    ///   - mostConnections: maximum number of connections per server.
    package init(on eventLoop: any EventLoop, trusting roots: [NIOSSLCertificate] = [], mostConnections: Int = 64) {
        anywhere = VendorClient(on: eventLoop, trusting: roots, mostConnections: mostConnections)
        outside = VendorClient(
            on: eventLoop,
            trusting: roots,
            mustBeOutside: true,
            mostConnections: mostConnections
        )
    }

    /// The client for a provider.
    package func client(for provider: ProviderConfiguration) -> VendorClient {
        provider.connection.mayBeInside ? anywhere : outside
    }

    /// Ends both; calls in flight fail.
    package func shutdown() async throws {
        try await anywhere.shutdown()
        try await outside.shutdown()
    }
}

/// A vendor's name resolves to an address of this machine or its local networks.
struct InsideAddress: Error, CustomStringConvertible {
    let text: String

    /// Refuses an address of this machine or of its local networks.
    static func check(_ address: SocketAddress?) throws(InsideAddress) {
        let text = address?.ipAddress
        if let text, NetworkAddress(text)?.reach == .outside { return }
        throw InsideAddress(text: text ?? "unknown")
    }

    var description: String {
        "its name resolves to \(text), which is not on the internet; if that is right, give the provider \"allow_private_address\": true"
    }
}
