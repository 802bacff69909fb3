import AsyncHTTPClient
package import NIOCore
package import NIOSSL

/// A thread on which pipelines and their connections to the vendors live together.
///
/// What a call brings back is worked on where it arrives, so that a delivery costs no change of threads; the gateway's own clients are
/// served elsewhere, so that neither starves the other.
package struct DeliveryLane: Sendable {
    let executor: EventLoopExecutor
    /// Call vendors over connections of this lane: redirects are not followed, and a connection that cannot be made fails at once,
    /// because the pipeline has its own patience.
    package let clients: VendorClients

    /// - Parameter roots: certificate authorities beside those that the system knows.
    package init(_ eventLoop: any EventLoop, trusting roots: [NIOSSLCertificate] = []) {
        executor = EventLoopExecutor(eventLoop)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(10))
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(FlushAtOnce(), position: .first)
            }
        }
        if !roots.isEmpty {
            var trust = TLSConfiguration.makeClientConfiguration()
            trust.additionalTrustRoots = [.certificates(roots)]
            configuration.tlsConfiguration = trust
        }
        clients = VendorClients(on: eventLoop, configuration)
    }
}
