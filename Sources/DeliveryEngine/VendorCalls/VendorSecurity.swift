import NIOCore
import NIOPosix
import NIOSSL

/// How TLS is spoken to vendors. Belongs to its event loop.
final class VendorSecurity {
    private let roots: [NIOSSLCertificate]
    private let eventLoop: any EventLoop
    private var made: EventLoopFuture<NIOSSLContext>?

    /// - Parameter roots: certificate authorities beside those that the system knows.
    init(trusting roots: [NIOSSLCertificate], on eventLoop: any EventLoop) {
        self.roots = roots
        self.eventLoop = eventLoop
    }

    /// Made when the first vendor needs it, on another thread, because the system's authorities are read from the disk.
    func context() -> EventLoopFuture<NIOSSLContext> {
        if let made { return made }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if !roots.isEmpty { configuration.additionalTrustRoots = [.certificates(roots)] }
        let context = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [configuration] in
            try NIOSSLContext(configuration: configuration)
        }
        made = context
        return context
    }
}
