import DeliveryEngine
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Transport

/// HTTP/1.1 connections whose requests are handled on the thread of the connection's event loop.
///
/// On the shared thread pool a request would change threads at every step, and spend most of its time on waking and switching.
/// ``WriteLane`` responds to plain writes; everything else is passed to Hummingbird.
struct ConnectionChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: Responder
    let endpoint: WriteEndpoint
    let patience: IngressSettings.Patience
    let capacity: IngressCapacity
    let isForAdministration: Bool
    let isSecure: Bool

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        setup(channel: channel, door: admit(channel), logger: logger)
    }

    /// Registers an accepted connection.
    func admit(_ channel: any Channel) -> ConnectionDoor {
        PeerTimeout.set(on: channel)
        return capacity.admit(channel, forAdministration: isForAdministration)
    }

    /// - Parameter door: what the listeners know about the connection.
    func setup(channel: any Channel, door: ConnectionDoor, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                withOutboundHeaderValidation: false,
                withEncoderConfiguration: HTTPResponseEncoder.Configuration(),
                withDecoderLimitConfiguration: Self.headerLimits
            )
            let patience = ConnectionPatience<HTTPServerRequestPart>(patience)
            try pipeline.addHandler(patience)
            let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self)
            let lane = WriteLane(
                endpoint: endpoint,
                on: channel.eventLoop,
                before: encoder,
                patience: patience,
                door: door
            )
            try pipeline.addHandler(lane)
            try pipeline.addHandler(WholeWriteReader { lane.takeWhole($0) }, position: .before(encoder.handler))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
            try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: NIOAsyncChannel.Configuration(isOutboundHalfClosureEnabled: true)
            ).keptUntilClosed()
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await handleHTTP(asyncChannel: value, logger: logger)
        }
    }

    /// Maximum number of fields in a request's head.
    static let mostFields = 100

    /// Limits of a request's head; beyond them the response is 400 or 431, and the connection is closed.
    static var headerLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 << 10
        limits.maxHeaderListSize = 64 << 10
        limits.maxHeaderFieldCount = mostFields
        return limits
    }
}
