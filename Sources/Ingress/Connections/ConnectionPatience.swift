import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Enforces the client timeouts, so that a stalled client does not hold resources for long.
///
/// Checks a connection at intervals and reads no clock in between: traffic only sets a flag. While the gateway itself does not read,
/// because it is busy with an earlier request, no time is counted.
final class ConnectionPatience<Part: TimedPart>: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = Part
    typealias InboundOut = Part
    typealias OutboundIn = Any
    typealias OutboundOut = Any

    /// Whether no later handler closes the connection.
    private let endsItself: Bool
    private var deadlines: ConnectionDeadlines
    private var alarm: Scheduled<Void>?

    /// For a connection.
    init(_ patience: IngressSettings.Patience) {
        deadlines = ConnectionDeadlines(patience.limits(ofConnection: true))
        endsItself = false
    }

    /// For a stream of a connection, which it closes itself.
    init(ofStream patience: IngressSettings.Patience) {
        deadlines = ConnectionDeadlines(patience.limits(ofConnection: false))
        endsItself = true
    }

    // MARK: - What passes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        deadlines.received(unwrapInboundIn(data).timing)
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        deadlines.readCompleted()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        deadlines.readBegan()
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard deadlines.wrote() else { return context.write(data, promise: promise) }
        let sent = promise ?? context.eventLoop.makePromise()
        sent.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.deadlines.sent() }
        context.write(data, promise: sent)
    }

    /// A response left that bypassed this handler.
    func moved() {
        deadlines.moved()
    }

    /// A request arrived that bypassed this handler.
    func requested() {
        deadlines.requested()
    }

    // MARK: - Looks

    func handlerAdded(context: ChannelHandlerContext) {
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        alarm = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        alarm = nil
        context.fireChannelInactive()
    }

    /// Sets the timer for the next check.
    private func schedule(_ context: ChannelHandlerContext) {
        let wait = deadlines.untilNextLook
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) {
            if let ended = self.deadlines.look(after: wait) { self.end(ended, context) }
            if self.alarm != nil { self.schedule(context) }
        }
    }

    /// Closes the connection, or leaves that to the handler that may still have a response to send.
    private func end(_ patience: PatienceEnded, _ context: ChannelHandlerContext) {
        if endsItself { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(patience)
    }
}

extension IngressSettings.Patience {
    /// - Parameter ofConnection: false for a stream, to which the connection's age and its first request do not apply.
    fileprivate func limits(ofConnection: Bool) -> ConnectionDeadlines.Limits {
        ConnectionDeadlines.Limits(
            interval: interval,
            leastBytes: bodyBytes,
            firstRequest: ofConnection ? firstRequest : nil,
            // Varied, so that connections that were opened together do not all end together.
            age: ofConnection ? age.map { $0 * Double.random(in: 0.9...1.1) } : nil
        )
    }
}

/// A part of a request, to which timeouts apply.
protocol TimedPart {
    var timing: PartTiming { get }
}

extension HTTPPart: TimedPart where HeadT == HTTPRequestHead, BodyT == ByteBuffer {
    var timing: PartTiming {
        switch self {
        case .head: .head
        case .body(let bytes): .body(bytes.readableBytes)
        case .end: .end
        }
    }
}

extension HTTPRequestPart: TimedPart {
    var timing: PartTiming {
        switch self {
        case .head: .head
        case .body(let bytes): .body(bytes.readableBytes)
        case .end: .end
        }
    }
}
