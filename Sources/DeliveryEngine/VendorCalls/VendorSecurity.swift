import NIOCore
import NIOPosix
import NIOSSL

/// How TLS is used with vendors. Belongs to its event loop.
final class VendorSecurity {
    /// Reads the system's authorities from the disk.
    typealias MakeContext = @Sendable (TLSConfiguration) throws -> NIOSSLContext

    private let make: MakeContext
    private let roots: [NIOSSLCertificate]
    private let eventLoop: any EventLoop
    private var made: EventLoopFuture<NIOSSLContext>?

    /// - Parameter roots: certificate authorities in addition to the system's.
    init(
        trusting roots: [NIOSSLCertificate],
        on eventLoop: any EventLoop,
        make: @escaping MakeContext = { try NIOSSLContext(configuration: $0) }
    ) {
        self.make = make
        self.roots = roots
        self.eventLoop = eventLoop
    }

    /// Created when the first vendor needs it, on another thread, because the system's authorities are read from disk. If that fails, the
    /// next call tries again.
    func context() -> EventLoopFuture<NIOSSLContext> {
        if let made { return made }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if !roots.isEmpty { configuration.additionalTrustRoots = [.certificates(roots)] }
        let context = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [configuration, make] in
            try make(configuration)
        }
        made = context
        context.assumeIsolated().whenFailure { _ in self.made = nil }
        return context
    }
}
