import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A connection that a ``Dialer`` makes.
protocol DialedConnection: ChannelHandler {
    /// Nothing has to be agreed upon any more before the first request. With TLS it finds that out by itself.
    func isGreeted()
}

/// Opens connections to one origin, and refuses addresses that are not allowed. Belongs to its client's event loop.
final class Dialer {
    private let origin: VendorOrigin
    private let eventLoop: any EventLoop
    private let security: VendorSecurity?
    private let mustBeOutside: Bool
    private let names: NameResolver

    /// For the connection, and again for TLS.
    private static let patience = TimeAmount.seconds(10)

    /// - Parameters:
    ///   - security: how TLS is spoken; nil: it is not.
    ///   - mustBeOutside: whether an address of this machine or of the networks around it is refused.
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

    /// Connects, and agrees on TLS where it is spoken.
    /// - Parameter make: makes the connection of a channel, ready when the promise is kept, which must be by the deadline; throws if it
    ///   is not wanted any more.
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

    /// Teaches a channel that has just been connected to speak, if it leads where it may.
    ///
    /// A name says nothing about where it leads, so the address is looked at that was connected to, before a byte has left.
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
