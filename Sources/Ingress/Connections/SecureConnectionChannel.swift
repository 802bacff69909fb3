import DeliveryEngine
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import Transport

/// TLS connections: HTTP/2 if the client speaks it, otherwise HTTP/1.1 as in ``ConnectionChannel``, including the write lane.
struct SecureConnectionChannel: ServerChildChannel {
    /// The result of the handshake.
    enum Negotiated: Sendable {
        case http1(ConnectionChannel.Value)
        case http2(HTTP2Channel.Connection)
    }

    struct Value: ServerChildChannelValue {
        /// Completes with the handshake.
        let negotiated: EventLoopFuture<Negotiated>
        let channel: any Channel
    }

    private let certificate: ServerCertificate
    private let http1: ConnectionChannel
    private let http2: HTTP2Channel

    init(certificate: ServerCertificate, http1: ConnectionChannel) {
        self.certificate = certificate
        self.http1 = http1
        http2 = HTTP2Channel(responder: http1.responder, patience: http1.patience)
    }

    /// Starts the handshake; the protocol is chosen by ALPN.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let door = http1.admit(channel)
        return channel.eventLoop.makeCompletedFuture {
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> { result in
                switch result {
                case .negotiated("h2"):
                    http2.setup(channel: channel, door: door, logger: logger).map { .http2($0) }
                // A client that names no protocol means HTTP/1.1. No others were offered.
                case .negotiated, .fallback:
                    http1.setup(channel: channel, door: door, logger: logger).map { .http1($0) }
                }
            }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context))
            try pipeline.addHandler(HandshakeLimit())
            try pipeline.addHandler(negotiation)
            return Value(negotiated: negotiation.protocolNegotiationResult, channel: channel)
        }
    }

    /// Waits for the handshake, then handles requests by the protocol that was agreed on.
    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http1(let connection):
                await http1.handle(value: connection, logger: logger)
            case .http2(let connection):
                await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
                    await http2.handle(connection, logger: logger)
                }
            }
        } catch {
            // A scanner, a client that does not trust the certificate, or one that does not speak TLS: no response is possible.
            logger.debug("a handshake failed", metadata: ["error": "\(error)"])
        }
    }
}

/// Closes a connection whose handshake does not finish in time.
final class HandshakeLimit: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private static let limit = TimeAmount.seconds(10)

    private var alarm: Scheduled<Void>?

    func handlerAdded(context: ChannelHandlerContext) {
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: Self.limit) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if case .handshakeCompleted? = event as? TLSUserEvent {
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        context.fireChannelInactive()
    }
}
