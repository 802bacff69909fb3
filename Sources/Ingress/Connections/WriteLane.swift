import DeliveryEngine
import DequeModule
import NIOCore
import NIOHTTP1

/// Answers plain writes of events as soon as they are complete; lets all other requests pass to Hummingbird.
///
/// A write of one event is a few hundred bytes that arrive in one piece. As a stream of parts, translated to another set of types and
/// back, it costs more than all that the gateway does with it.
///
/// Answers keep the requests' order: a request that comes while another is under way waits, here or behind it, and a client that sends
/// ahead is not read from until its turn has come.
final class WriteLane: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// The next part is a request's head.
        case idle
        case collecting(PlainWrite, ByteBuffer)
        case answering
        /// So many requests were let pass and are not answered yet.
        case passing(Int)
    }

    private let endpoint: WriteEndpoint
    private let executor: EventLoopExecutor
    private let patience: ConnectionPatience<HTTPServerRequestPart>
    /// Where NIO's encoder stands: an answer of the lane's own is encoded already, and begins its way behind it.
    private var encoder: ChannelHandlerContext?
    /// Where the lane itself stands.
    private var context: ChannelHandlerContext?
    private var state = State.idle
    /// What came while a write was being answered.
    private var waiting = Deque<HTTPServerRequestPart>()
    private var readIsDue = false
    /// Events that would end the connection, kept back while a write is under way.
    private var delayed: [Any] = []
    /// What was wrong behind a request whose answer is under way.
    private var delayedError: (any Error)?

    /// - Parameters:
    ///   - encoder: the place of the connection's encoder.
    ///   - patience: told of what does not pass by it.
    init(
        endpoint: WriteEndpoint,
        on eventLoop: any EventLoop,
        before encoder: ChannelHandlerContext,
        patience: ConnectionPatience<HTTPServerRequestPart>
    ) {
        self.endpoint = endpoint
        self.encoder = encoder
        self.patience = patience
        executor = EventLoopExecutor(eventLoop)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        encoder = nil
        self.context = nil
    }

    // MARK: - From the client

    /// Answers a write that came whole and has not passed the decoder.
    /// - Returns: false if the bytes are anything else, or an earlier request is under way: then they go through the decoder.
    func takeWhole(_ bytes: ByteBuffer) -> Bool {
        guard case .idle = state, let context, let write = PlainWrite.whole(bytes, limitBytes: endpoint.bodyLimitBytes),
            endpoint.mayGather(write.head)
        else { return false }
        patience.moved()
        answer(write.head, write.body, context)
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(unwrapInboundIn(data), context)
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.answering, _):
            waiting.append(part)
        case (.idle, .head(let head)):
            if let write = PlainWrite(head, limitBytes: endpoint.bodyLimitBytes), endpoint.mayGather(write) {
                state = .collecting(write, ByteBuffer())
            } else {
                pass(head, context, requests: 1)
            }
        case (.passing(let requests), .head(let head)):
            pass(head, context, requests: requests + 1)
        case (.collecting(let write, var body), .body(var bytes)):
            if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
            state = .collecting(write, body)
        case (.collecting(let write, let body), .end):
            // Copied here, before the next read: NIO uses its buffer again when nobody holds a part of it, and makes a new one otherwise.
            answer(write, Array(body.readableBytesView), context)
        case (.idle, _), (.passing, _), (.collecting, .head):
            context.fireChannelRead(wrapInboundOut(part))
        }
    }

    private func pass(_ head: HTTPRequestHead, _ context: ChannelHandlerContext, requests: Int) {
        state = .passing(requests)
        // What two hosts make of two of them is how requests are smuggled (RFC 9112, section 3.2).
        let hosts = head.headers[canonicalForm: "host"].count
        guard hosts == 1 || (hosts == 0 && head.version != .http1_1) else {
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func read(context: ChannelHandlerContext) {
        // Only a client that sends ahead, or does not take its answers, is kept from it: to stop and start reading costs two system calls.
        if waiting.isEmpty, context.channel.isWritable { context.read() } else { readIsDue = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let patience = event as? PatienceEnded { return end(patience, context) }
        switch state {
        case .answering, .collecting:
            // Who has said all that he has to say still gets his answer, and a shutdown waits for it.
            if event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed {
                return delayed.append(event)
            }
        case .idle, .passing: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func end(_ patience: PatienceEnded, _ context: ChannelHandlerContext) {
        switch (state, patience) {
        case (.collecting(let write, _), _): send(endpoint.answerStalled(write), isLast: true, context)
        // The answer is ours to give, whatever is still to come behind the request.
        case (.answering, _), (.passing, .head): break
        case (.passing, .idle) where context.channel.isWritable: break
        case (.idle, _), (.passing, _): context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Bytes that are no request do not take away the answer of the one before them.
        if case .answering = state { delayedError = error } else { context.fireErrorCaught(error) }
    }

    // MARK: - To the client

    private typealias Place = NIOLoopBound<(lane: WriteLane, context: ChannelHandlerContext)>

    private func answer(_ write: PlainWrite, _ body: [UInt8], _ context: ChannelHandlerContext) {
        state = .answering
        let place = Place((lane: self, context: context), eventLoop: context.eventLoop)
        let endpoint = self.endpoint
        let executor = self.executor
        let address = context.channel.remoteAddress
        // Safe: a task of its own, because a channel handler cannot await; it ends with the answer, and the connection, which the server
        // waits for, does not end before.
        Task(executorPreference: executor) { @Sendable in
            let answer = await endpoint.answer(write, body, from: address)
            place.value.lane.send(answer, isLast: write.isLast, place.value.context)
        }
    }

    private func send(_ answer: WriteAnswer, isLast: Bool, _ context: ChannelHandlerContext) {
        let bytes = IOData.byteBuffer(answer.encoded(context.channel.allocator))
        encoder?.writeAndFlush(NIOAny(bytes), promise: nil)
        patience.moved()
        state = .idle
        if isLast { return context.close(promise: nil) }
        takeWaiting(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .answering = state {} else { takeWaiting(context) }
        context.fireChannelWritabilityChanged()
    }

    private func takeWaiting(_ context: ChannelHandlerContext) {
        // A client that does not take its answers gets no more of them made.
        let mayGoOn = context.channel.isWritable
        guard waiting.isEmpty else { return mayGoOn ? takeAll(context) : () }
        if !delayed.isEmpty, case .idle = state {
            for event in delayed { context.fireUserInboundEventTriggered(event) }
            delayed = []
        }
        if let error = delayedError {
            if case .answering = state { return }
            delayedError = nil
            return context.fireErrorCaught(error)
        }
        if readIsDue, mayGoOn {
            readIsDue = false
            context.read()
        }
    }

    private func takeAll(_ context: ChannelHandlerContext) {
        while let part = waiting.popFirst() {
            take(part, context)
            if case .answering = state { break }
        }
        // What was let pass is looked at when the reading is said to be complete.
        if case .passing = state { context.fireChannelReadComplete() }
        if waiting.isEmpty { takeWaiting(context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .passing(let requests) = state, case .end = unwrapOutboundIn(data) {
            state = requests == 1 ? .idle : .passing(requests - 1)
        }
        context.write(data, promise: promise)
    }
}
