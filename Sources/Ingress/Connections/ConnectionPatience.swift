import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Says when a client has used up the time that it has, so that one that stalls holds nothing for long.
///
/// Looks at a connection now and then, and asks no clock in between: what passes sets a flag. Where the gateway itself does not read,
/// because it is busy with an earlier request, the client is not to blame.
final class ConnectionPatience<Part: TimedPart>: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = Part
    typealias InboundOut = Part
    typealias OutboundIn = Any
    typealias OutboundOut = Any

    /// How many looks a request's head or body may stand still, and how many a connection on which nothing moves in either direction.
    private let (stalledLooks, idleLooks) = (2, 8)

    private let interval: TimeAmount
    /// A body that brings fewer bytes from one look to the next stands still.
    private let leastBytes: Int
    /// Whether there is nobody behind it that ends the connection.
    private let endsItself: Bool

    private var alarm: Scheduled<Void>?
    private var hasMoved = false
    private var idle = 0
    private var isReading = false
    private var sawPart = false
    private var isHeadOpen = false
    private var isBodyOpen = false
    /// Whether the head or the body began after the latest look.
    private var isFresh = false
    private var bytes = 0
    private var stalled = 0

    init(_ patience: IngressSettings.Patience, endsItself: Bool = false) {
        interval = TimeAmount(patience.interval)
        leastBytes = patience.bodyBytes
        self.endsItself = endsItself
    }

    // MARK: - What passes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasMoved = true
        sawPart = true
        isHeadOpen = false
        switch unwrapInboundIn(data).timing {
        case .head:
            isBodyOpen = true
            isFresh = true
            stalled = 0
        case .body(let count): bytes += count
        case .end: isBodyOpen = false
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        // Bytes came that do not make a head yet.
        if !sawPart, !isBodyOpen, !isHeadOpen {
            isHeadOpen = true
            isFresh = true
            stalled = 0
        }
        sawPart = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        isReading = true
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        hasMoved = true
        context.write(data, promise: promise)
    }

    /// A request came, or an answer went out, another way.
    func moved() {
        hasMoved = true
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

    private func schedule(_ context: ChannelHandlerContext) {
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: interval) {
            self.look(context)
            if self.alarm != nil { self.schedule(context) }
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        idle = hasMoved ? 0 : idle + 1
        hasMoved = false
        let isStalled = isHeadOpen || (isBodyOpen && bytes < leastBytes)
        stalled = isStalled && isReading && !isFresh ? stalled + 1 : 0
        bytes = 0
        isFresh = false
        if stalled >= stalledLooks {
            end(isBodyOpen ? .body : .head, context)
        } else if idle >= idleLooks {
            end(.idle, context)
        }
    }

    private func end(_ patience: PatienceEnded, _ context: ChannelHandlerContext) {
        if endsItself { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(patience)
    }
}

/// What a client was waited for in vain.
enum PatienceEnded: Equatable {
    case head, body, idle
}

/// A part of a request, as far as its time matters.
protocol TimedPart {
    var timing: PartTiming { get }
}

enum PartTiming {
    case head
    case body(Int)
    case end
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
