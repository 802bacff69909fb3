import DeliveryEngine
import NIOCore

/// Notices that the client of a passed call has disconnected, so that the call to the vendor ends too.
///
/// One per connection or stream, added to its pipeline with its first passed call. A client of HTTP/1.1 that closes its sending side
/// counts as disconnected, as in other gateways: it cannot be distinguished from one that has closed the connection.
final class ClientWatch: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    /// For the call in flight.
    private var off: PassSwitch?
    /// Whether the end of the client's input is the end of its connection; on an HTTP/2 stream it ends each request.
    private let endsWithInput: Bool

    private init(endsWithInput: Bool) {
        self.endsWithInput = endsWithInput
    }

    /// Watches the client of a connection until ``end(on:)``.
    static func begin(_ off: PassSwitch, on channel: any Channel) {
        channel.eventLoop.execute {
            do {
                try watch(on: channel).off = off
                if !channel.isActive { off.turnOff() }
            } catch {
                // The pipeline was removed, so the client has disconnected.
                off.turnOff()
            }
        }
    }

    /// The call has ended, with a complete response or not.
    static func end(on channel: any Channel) {
        channel.eventLoop.execute {
            if let context = try? channel.pipeline.syncOperations.context(handlerType: ClientWatch.self) {
                (context.handler as? ClientWatch)?.off = nil
            }
        }
    }

    /// The watch of this channel, added with the first passed call.
    private static func watch(on channel: any Channel) throws -> ClientWatch {
        let pipeline = channel.pipeline.syncOperations
        if let context = try? pipeline.context(handlerType: ClientWatch.self),
            let known = context.handler as? ClientWatch
        {
            return known
        }
        // Only connections of HTTP/1.1 have one.
        let isConnection = (try? pipeline.context(handlerType: WriteLane.self)) != nil
        let new = ClientWatch(endsWithInput: isConnection)
        try pipeline.addHandler(new, position: .first)
        return new
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if endsWithInput, event as? ChannelEvent == .inputClosed { off?.turnOff() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        off?.turnOff()
        context.fireChannelInactive()
    }
}
