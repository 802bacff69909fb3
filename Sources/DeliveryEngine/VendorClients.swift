package import AsyncHTTPClient
import NIOCore
package import Routing

/// The HTTP clients of a lane: one for vendors on the internet, one for those whose provider may be anywhere.
///
/// A name says nothing about where it leads, so the first looks at the address that it was connected to, and closes the connection
/// before a byte of a request has left if that is of this machine or of the networks around it.
package struct VendorClients: Sendable {
    private let anywhere: HTTPClient
    private let outside: HTTPClient

    /// - Parameter configuration: of both.
    init(on eventLoop: any EventLoop, _ configuration: HTTPClient.Configuration) {
        anywhere = HTTPClient(eventLoopGroup: eventLoop, configuration: configuration)
        var guarded = configuration
        let prepare = configuration.http1_1ConnectionDebugInitializer
        guarded.http1_1ConnectionDebugInitializer = { channel in
            Self.check(channel).flatMap { prepare?(channel) ?? channel.eventLoop.makeSucceededVoidFuture() }
        }
        guarded.http2ConnectionDebugInitializer = { channel in Self.check(channel) }
        outside = HTTPClient(eventLoopGroup: eventLoop, configuration: guarded)
    }

    /// The client for a provider.
    package func client(for provider: ProviderConfiguration) -> HTTPClient {
        provider.mayBeInside ? anywhere : outside
    }

    /// Ends both; calls under way fail.
    package func shutdown() async throws {
        try await anywhere.shutdown()
        try await outside.shutdown()
    }

    private static func check(_ channel: any Channel) -> EventLoopFuture<Void> {
        let text = channel.remoteAddress?.ipAddress
        if let text, NetworkAddress(text)?.reach == .outside { return channel.eventLoop.makeSucceededVoidFuture() }
        channel.close(promise: nil)
        return channel.eventLoop.makeFailedFuture(InsideAddress(text: text ?? "unknown"))
    }
}

/// A vendor's name leads to an address where no vendor should be.
struct InsideAddress: Error, CustomStringConvertible {
    let text: String

    var description: String {
        "its name leads to \(text), which is not on the internet; if that is right, give the provider \"allow_private_address\": true"
    }
}
