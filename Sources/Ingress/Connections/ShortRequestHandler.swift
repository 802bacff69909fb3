import DeliveryEngine
import DequeModule
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Answers requests with a short body of known length as soon as it is complete; lets all others pass.
///
/// A write of one event is a few hundred bytes that arrive in one piece. Read as a stream, with a queue and a wake-up for every part, it
/// costs twice as much as all that the gateway does with it.
///
/// Answers keep the requests' order: a request that comes while another is under way waits, here or behind it, and nothing more is
/// read from the connection meanwhile.
final class ShortRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Answers a request whose body is complete.
    typealias Answer = @Sendable (Request, any Channel) async -> Response

    private enum State {
        /// The next part is a request's head.
        case idle
        case collecting(HTTPRequest, ByteBuffer)
        case answering
        /// So many requests were let pass and are not answered yet.
        case passing(Int)
    }

    /// A longer body is read as a stream.
    private static let longestBody = 1 << 20

    private let answer: Answer
    private let executor: EventLoopExecutor
    private var state = State.idle
    /// What came while a request was being answered.
    private var waiting = Deque<HTTPRequestPart>()
    private var readIsDue = false
    private var inputIsClosed = false

    init(answer: @escaping Answer, on eventLoop: any EventLoop) {
        self.answer = answer
        executor = EventLoopExecutor(eventLoop)
    }

    // MARK: - From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(unwrapInboundIn(data), context)
    }

    private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.answering, _):
            waiting.append(part)
        case (.idle, .head(let head)) where Self.isShort(head):
            state = .collecting(head, ByteBuffer())
        case (.idle, .head):
            pass(part, context, requests: 1)
        case (.passing(let requests), .head):
            pass(part, context, requests: requests + 1)
        case (.collecting(let head, var body), .body(var bytes)):
            if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
            state = .collecting(head, body)
        case (.collecting(let head, let body), .end):
            respond(to: Request(head: head, body: HummingbirdCore.RequestBody(buffer: body)), context)
        case (.idle, _), (.passing, _), (.collecting, .head):
            context.fireChannelRead(wrapInboundOut(part))
        }
    }

    private func pass(_ part: HTTPRequestPart, _ context: ChannelHandlerContext, requests: Int) {
        state = .passing(requests)
        context.fireChannelRead(wrapInboundOut(part))
    }

    /// Whether a request is a write with a body that is announced and short.
    private static func isShort(_ head: HTTPRequest) -> Bool {
        guard head.method == .post, head.headerFields[.transferEncoding] == nil, head.headerFields[.expect] == nil,
            let length = head.headerFields[.contentLength].flatMap({ Int($0) })
        else { return false }
        return (0...longestBody).contains(length)
    }

    func read(context: ChannelHandlerContext) {
        // Only a client that sends ahead is kept from it: to stop and start reading costs two system calls.
        if waiting.isEmpty { context.read() } else { readIsDue = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A client that has said all it has to say still gets its answer.
        if case .answering = state, event as? ChannelEvent == .inputClosed {
            inputIsClosed = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: - To the client

    private typealias Place = NIOLoopBound<(handler: ShortRequestHandler, context: ChannelHandlerContext)>

    private func respond(to request: Request, _ context: ChannelHandlerContext) {
        state = .answering
        let place = Place((handler: self, context: context), eventLoop: context.eventLoop)
        let channel = context.channel
        let answer = self.answer
        let executor = self.executor
        // Safe: a task of its own, because a channel handler cannot await; it ends with the answer, and the connection, which the server
        // waits for, does not end before.
        Task(executorPreference: executor) { @Sendable in
            await Self.respond(to: request, by: answer, over: channel, at: place)
        }
    }

    private static func respond(
        to request: Request,
        by answer: @escaping Answer,
        over channel: any Channel,
        at place: Place
    ) async {
        let isLast = request.headers[.connection]?.lowercased() == "close"
        let response = await answer(request, channel)
        let body = await bytes(of: response.body)
        place.value.handler.write(response.head, body, place.value.context, isLast: isLast)
    }

    /// Nil if the body could not be written to its end.
    private static func bytes(of body: ResponseBody) async -> ByteBuffer? {
        let collector = BodyCollector()
        do {
            try await body.write(collector)
            return collector.bytes
        } catch {
            return nil
        }
    }

    private func write(_ head: HTTPResponse, _ body: ByteBuffer?, _ context: ChannelHandlerContext, isLast: Bool) {
        guard let body else { return context.close(promise: nil) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(body)), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        state = .idle
        if isLast || head.headerFields[.connection] == "close" { return context.close(promise: nil) }
        takeWaiting(context)
    }

    private func takeWaiting(_ context: ChannelHandlerContext) {
        while let part = waiting.popFirst() {
            take(part, context)
            if case .answering = state { return }
        }
        if inputIsClosed {
            inputIsClosed = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        if readIsDue {
            readIsDue = false
            context.read()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .passing(let requests) = state, case .end = unwrapOutboundIn(data) {
            state = requests == 1 ? .idle : .passing(requests - 1)
        }
        context.write(data, promise: promise)
    }
}

/// Gathers a body that is written in one place.
private final class BodyCollector: ResponseBodyWriter, Sendable {
    private let gathered = Mutex(ByteBuffer())

    var bytes: ByteBuffer { gathered.withLock { $0 } }

    func write(_ buffer: ByteBuffer) {
        gathered.withLock { bytes in
            if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeImmutableBuffer(buffer) }
        }
    }

    func finish(_ trailingHeaders: HTTPFields?) {}
}
