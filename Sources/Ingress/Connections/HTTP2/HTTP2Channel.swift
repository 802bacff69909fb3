import DeliveryEngine
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// An HTTP/2 connection. Each of its streams is a request, which is passed to Hummingbird.
struct HTTP2Channel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    typealias Connection = NIOHTTP2Handler.AsyncStreamMultiplexer<Value>

    let responder: Responder
    let patience: IngressSettings.Patience

    /// - Parameter door: what the listeners know of the connection.
    func setup(channel: any Channel, door: ConnectionDoor, logger: Logger) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            let limits = HTTP2Lifetime.Limits(
                firstStream: patience.firstRequest,
                idle: patience.interval * ConnectionDeadlines.idleLooks,
                // Varied, so that connections that were opened together do not all end together.
                age: patience.age.map { $0 * Double.random(in: 0.9...1.1) }
            )
            let connection = HTTP2Connection(limits, door: door)
            let observer = HTTP2Observer(connection, on: channel.eventLoop)
            let pipeline = channel.pipeline.syncOperations
            let multiplexer = try pipeline.configureAsyncHTTP2Pipeline(
                mode: .server,
                streamDelegate: observer,
                frameDelegate: observer,
                configuration: NIOHTTP2Handler.Configuration()
            ) { stream in
                setup(channel: stream, logger: logger)
            }
            try pipeline.addHandler(connection)
            return multiplexer
        }
    }

    /// Sets up one stream.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let codec = HTTP2FramePayloadToHTTPServerCodec()
            try pipeline.addHandler(codec)
            try pipeline.addHandler(ConnectionPatience<HTTPRequestPart>(ofStream: patience))
            try pipeline.addHandler(HTTP2StreamRules(behind: pipeline.context(handler: codec)))
            try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
            return try NIOAsyncChannel(wrappingChannelSynchronously: channel).keptUntilClosed()
        }
    }

    /// Handles each stream in a task of its own, until the connection ends.
    func handle(_ connection: Connection, logger: Logger) async {
        do {
            try await withThrowingDiscardingTaskGroup { group in
                for try await stream in connection.inbound {
                    group.addTask { await handle(value: stream, logger: logger) }
                }
            }
        } catch {
            logger.debug("an HTTP/2 connection failed", metadata: ["error": "\(error)"])
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
