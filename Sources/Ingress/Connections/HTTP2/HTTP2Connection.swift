import NIOCore
import NIOHTTP2
import NIOSSL

/// Ends an HTTP/2 connection as ``HTTP2Lifetime`` decides. A fault of one stream ends that stream only.
final class HTTP2Connection: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// Of this connection alone, so that the answer to another ping does not count.
    private let ping = HTTP2PingData(withInteger: .random(in: .min ... .max))
    private let start = NIODeadline.now()
    private let door: ConnectionDoor
    private var lifetime: HTTP2Lifetime
    private var context: ChannelHandlerContext?
    /// The next time at which the lifetime is asked, if there is one.
    private var alarm: (task: Scheduled<Void>, deadline: Duration)?
    /// Whether NIO has just reset a stream: the error that it reports next is that stream's.
    private var hasReset = false

    /// - Parameter door: is told what the connection is doing.
    init(_ limits: HTTP2Lifetime.Limits, door: ConnectionDoor) {
        lifetime = HTTP2Lifetime(limits)
        self.door = door
    }

    /// Since the connection began.
    private var now: Duration { .nanoseconds((NIODeadline.now() - start).nanoseconds) }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        carryOut([], context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.task.cancel()
        alarm = nil
        self.context = nil
    }

    /// The answer to the ping shows that the client has read the announcement of the end.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .ping(ping, ack: true) = unwrapInboundIn(data).payload { carryOut(lifetime.acknowledged(), context) }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        hasReset = false
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.task.cancel()
        alarm = nil
        context.fireChannelInactive()
    }

    /// A shutdown ends the connection gracefully; a client that closes its side has ended it already.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            carryOut(lifetime.end(at: now), context)
        } else if event as? ChannelEvent == .inputClosed {
            carryOut(lifetime.failed(), context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// An error that follows a reset belongs to that stream, and does not end the connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isOfStream = hasReset && !(error is IOError || error is ChannelError || error is NIOSSLError)
        hasReset = false
        // NIO has told the client already, about the stream or about the connection.
        if !isOfStream { context.close(promise: nil) }
    }

    // MARK: - Streams

    fileprivate func opened(_ stream: HTTP2StreamID) {
        lifetime.opened(Int(stream))
        settle([])
    }

    fileprivate func closed(_ stream: HTTP2StreamID) {
        settle(lifetime.closed(Int(stream), at: now))
    }

    /// Notices resets of streams, because NIO reports the cause as an error of the connection next.
    fileprivate func wrote(_ frame: HTTP2Frame) {
        if case .rstStream = frame.payload { hasReset = true } else { hasReset = false }
    }

    /// Updates the connection's state, and carries out what was decided.
    private func settle(_ actions: [HTTP2Lifetime.Action]) {
        door.standing = lifetime.isBusy ? .busy : .idle
        if let context { carryOut(actions, context) }
    }

    // MARK: - What is decided

    /// An announced end is followed by a ping: streams that the client opened before it read the announcement still count.
    private func carryOut(_ actions: [HTTP2Lifetime.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .announceEnd:
                send(.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil), context)
                send(.ping(ping, ack: false), context)
                context.flush()
            case .goAway(let last):
                send(.goAway(lastStreamID: HTTP2StreamID(last), errorCode: .noError, opaqueData: nil), context)
                context.flush()
            case .close: context.close(promise: nil)
            }
        }
        schedule(context)
    }

    /// Sends a frame that belongs to the connection as a whole.
    private func send(_ payload: HTTP2Frame.FramePayload, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: payload)), promise: nil)
    }

    /// Asks again at the next deadline. If the deadline has moved further away, that is noticed at the earlier time, so that a stream
    /// needs no timer of its own.
    private func schedule(_ context: ChannelHandlerContext) {
        guard let deadline = lifetime.deadline else {
            alarm?.task.cancel()
            alarm = nil
            return
        }
        if let alarm, alarm.deadline <= deadline { return }
        alarm?.task.cancel()
        let wait = TimeAmount(max(.zero, deadline - now)) + .milliseconds(1)
        let task = context.eventLoop.assumeIsolated().scheduleTask(in: wait) {
            self.alarm = nil
            self.carryOut(self.lifetime.look(at: self.now), context)
        }
        alarm = (task, deadline)
    }
}

/// Tells ``HTTP2Connection`` of streams and frames.
struct HTTP2Observer: NIOHTTP2StreamDelegate, NIOHTTP2FrameDelegate {
    private let connection: NIOLoopBound<HTTP2Connection>

    /// - Parameter eventLoop: the connection's, on which NIO calls.
    init(_ connection: HTTP2Connection, on eventLoop: any EventLoop) {
        self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
    }

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
        connection.value.opened(id)
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
        connection.value.closed(id)
    }

    func wroteFrame(_ frame: HTTP2Frame) {
        connection.value.wrote(frame)
    }
}
