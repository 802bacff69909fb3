import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A connection that a ``Dialer`` makes.
protocol DialedConnection: ChannelHandler {
    /// The connection is ready for its first request. With TLS it notices that itself.
    func isGreeted()
}

/// Opens connections to one origin, and refuses addresses that are not allowed. Belongs to its client's event loop.
final class Dialer {
    private let origin: VendorOrigin
    private let eventLoop: any EventLoop
    private let security: VendorSecurity?
    private let mustBeOutside: Bool
    private let names: NameResolver

    /// The timeout for the connection, and again for TLS.
    private static let patience = TimeAmount.seconds(10)

    /// - Parameters:
    ///   - security: how TLS is used; nil: it is not.
    ///   - mustBeOutside: whether addresses of this machine or of its local networks are refused.
    ///   - names: resolves the origin's name.
    init(
        to origin: VendorOrigin,
        on eventLoop: any EventLoop,
        security: VendorSecurity?,
        mustBeOutside: Bool,
        names: NameResolver
    ) {
        self.origin = origin
        self.eventLoop = eventLoop
        self.security = security
        self.mustBeOutside = mustBeOutside
        self.names = names
    }

    /// Connects, and completes the TLS handshake if TLS is used.
    /// - Parameter make: creates the connection of a channel. It is ready when the promise succeeds, which must be before the deadline.
    ///   Throws if the connection is no longer needed.
    func connect(
        _ make: @escaping (any Channel, EventLoopPromise<Void>, NIODeadline) throws -> any DialedConnection
    ) -> EventLoopFuture<Void> {
        guard let security else { return connect(nil, make) }
        return security.context().assumeIsolated().flatMap { self.connect($0, make) }.nonisolated()
    }

    private func connect(
        _ security: NIOSSLContext?,
        _ make: @escaping (any Channel, EventLoopPromise<Void>, NIODeadline) throws -> any DialedConnection
    ) -> EventLoopFuture<Void> {
        ClientBootstrap(group: eventLoop).connectTimeout(Self.patience)
            .resolver(ConnectionNames(names: names, eventLoop: eventLoop))
            .connect(host: origin.host, port: origin.port)
            .assumeIsolated().flatMap { self.prepare($0, security, make) }.nonisolated()
    }

    /// Adds the handlers to a channel that has just been connected, if its address is allowed.
    ///
    /// A name does not show where it leads, so the address that was connected to is checked before a byte has left.
    private func prepare(
        _ channel: any Channel,
        _ security: NIOSSLContext?,
        _ make: (any Channel, EventLoopPromise<Void>, NIODeadline) throws -> any DialedConnection
    ) -> EventLoopFuture<Void> {
        let greeting = eventLoop.makePromise(of: Void.self)
        do {
            if mustBeOutside { try InsideAddress.check(channel.remoteAddress) }
            let connection = try make(channel, greeting, .now() + Self.patience)
            let decoder = ByteToMessageHandler(HTTPResponseDecoder())
            try channel.pipeline.syncOperations.addHandlers([RequestBytes(), decoder, connection])
            if let security {
                let handler = try NIOSSLClientHandler(context: security, serverHostname: origin.certifiedName)
                try channel.pipeline.syncOperations.addHandler(handler, position: .first)
            } else {
                connection.isGreeted()
            }
        } catch {
            channel.close(promise: nil)
            greeting.fail(error)
        }
        return greeting.futureResult
    }
}
