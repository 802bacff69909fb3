import DeliveryEngine
import DequeModule
import NIOCore
import NIOHTTP1
import Transport

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
        /// The body is gathered in ``gathered``.
        case collecting(PlainWrite, WriteEndpoint.Gathering)
        case answering
        /// Requests were let pass and are not answered yet.
        case passing(PassedRequests)
    }

    /// How long a client may go on sending behind an answer that closes the connection.
    private static let closeDelay = TimeAmount.seconds(2)

    private let endpoint: WriteEndpoint
    private let executor: EventLoopExecutor
    private let patience: ConnectionPatience<HTTPServerRequestPart>
    private let door: ConnectionDoor
    /// Where NIO's encoder stands: an answer of the lane's own is encoded already, and begins its way behind it.
    private var encoder: ChannelHandlerContext?
    /// Where the lane itself stands.
    private var context: ChannelHandlerContext?
    private var state = State.idle {
        didSet {
            if case .idle = state { door.standing = .idle } else { door.standing = .busy }
        }
    }
    /// Of a body that is being collected. Beside the state, so that it grows in place.
    private var gathered = ByteBuffer()
    /// What came while a write was being answered.
    private var waiting = Deque<HTTPServerRequestPart>()
    private var readIsDue = false
    /// Events that would end the connection, kept back while a write is under way.
    private var delayed: [Any] = []
    /// What was wrong behind a request whose answer is under way.
    private var delayedError: (any Error)?
    /// Whether the connection is old, so that the next answer is its last.
    private var isAged = false
    /// Whether the answer that is being written closes the connection.
    private var isLastAnswer = false
    /// Bytes that came behind the last answer; nil before it.
    private var dropped: Int?

    /// - Parameters:
    ///   - encoder: the place of the connection's encoder.
    ///   - patience: told of what does not pass by it.
    ///   - door: told what the connection does.
    init(
        endpoint: WriteEndpoint,
        on eventLoop: any EventLoop,
        before encoder: ChannelHandlerContext,
        patience: ConnectionPatience<HTTPServerRequestPart>,
        door: ConnectionDoor
    ) {
        self.endpoint = endpoint
        self.encoder = encoder
        self.patience = patience
        self.door = door
        executor = EventLoopExecutor(eventLoop)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if case .collecting = state { giveUpGathered() }
        state = .idle
        encoder = nil
        self.context = nil
    }

    // MARK: - From the client

    /// Answers a write that came whole and has not passed the decoder.
    /// - Returns: false if the bytes are anything else, or an earlier request is under way: then they go through the decoder.
    func takeWhole(_ bytes: ByteBuffer) -> Bool {
        guard case .idle = state, let context, let write = PlainWrite.whole(bytes, limitBytes: endpoint.bodyLimitBytes),
            let gathering = endpoint.gathering(write.head, from: context.channel.remoteAddress),
            endpoint.bodies.take(write.body.count)
        else { return false }
        patience.requested()
        answer(write.head, write.body, gathering, context)
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(unwrapInboundIn(data), context)
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        if let dropped { return drop(part, behind: dropped, context) }
        switch (state, part) {
        case (.answering, _):
            waiting.append(part)
        case (.idle, .head(let head)):
            if let write = PlainWrite(head, limitBytes: endpoint.bodyLimitBytes),
                let gathering = endpoint.gathering(write, from: context.channel.remoteAddress)
            {
                state = .collecting(write, gathering)
                if write.expectsContinue { sayContinue(context) }
            } else {
                pass(head, PassedRequests(head), context)
            }
        case (.passing(var requests), .head(let head)):
            requests.received(head)
            pass(head, requests, context)
        case (.collecting(let write, _), .body(var bytes)):
            guard endpoint.bodies.take(bytes.readableBytes) else {
                return refuse(write, because: .bodiesBusy, context)
            }
            if gathered.readableBytes == 0 { gathered = bytes } else { gathered.writeBuffer(&bytes) }
        case (.collecting(let write, let gathering), .end):
            // Copied here, before the next read: NIO uses its buffer again when nobody holds a part of it, and makes a new one otherwise.
            let body = Array(gathered.readableBytesView)
            gathered = ByteBuffer()
            answer(write, body, gathering, context)
        case (.passing(var requests), .body(let bytes)):
            requests.received(bytes: bytes.readableBytes)
            state = .passing(requests)
            context.fireChannelRead(wrapInboundOut(part))
        case (.passing(var requests), .end):
            requests.receivedEnd()
            state = .passing(requests)
            context.fireChannelRead(wrapInboundOut(part))
        // In the idle state: what is left of a body whose request is answered.
        case (.idle, .body), (.idle, .end), (.collecting, .head):
            context.fireChannelRead(wrapInboundOut(part))
        }
    }

    private func pass(_ head: HTTPRequestHead, _ requests: PassedRequests, _ context: ChannelHandlerContext) {
        state = .passing(requests)
        guard HeadRules.areMet(by: head) else {
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Drops what comes behind the last answer of the connection, up to a limit.
    private func drop(_ part: HTTPServerRequestPart, behind count: Int, _ context: ChannelHandlerContext) {
        if case .body(let bytes) = part { dropped = count + bytes.readableBytes }
        if dropped ?? 0 > PassedRequests.dropLimit { context.close(promise: nil) }
    }

    /// The interim answer for which a client waits before it sends its body.
    private func sayContinue(_ context: ChannelHandlerContext) {
        let bytes = context.channel.allocator.buffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")
        encoder?.writeAndFlush(NIOAny(IOData.byteBuffer(bytes)), promise: nil)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if case .passing(var requests) = state {
            let mustTell = requests.wantsBody()
            state = .passing(requests)
            if mustTell { sayContinue(context) }
        }
        promise?.succeed()
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
        case (.idle, .age) where waiting.isEmpty: context.close(promise: nil)
        case (_, .age): isAged = true
        case (.collecting(let write, _), _): refuse(write, because: .stalled, context)
        // The answer is ours to give, whatever is still to come behind the request.
        case (.answering, _), (.passing, .head), (.passing, .first): break
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

    private func answer(
        _ write: PlainWrite,
        _ body: [UInt8],
        _ gathering: WriteEndpoint.Gathering,
        _ context: ChannelHandlerContext
    ) {
        state = .answering
        let place = Place((lane: self, context: context), eventLoop: context.eventLoop)
        let endpoint = self.endpoint
        let executor = self.executor
        let address = context.channel.remoteAddress
        // Safe: a task of its own, because a channel handler cannot await; it ends with the answer, and the connection, which the server
        // waits for, does not end before.
        Task(executorPreference: executor) { @Sendable in
            await Self.carryOut(write, body, gathering.caller, endpoint, from: address, place)
        }
    }

    private static func carryOut(
        _ write: PlainWrite,
        _ body: [UInt8],
        _ caller: Caller?,
        _ endpoint: WriteEndpoint,
        from address: SocketAddress?,
        _ place: Place
    ) async {
        let response = await endpoint.respond(to: write, body, of: caller, from: address)
        endpoint.bodies.giveBack(body.count)
        place.value.lane.send(response, isLast: write.isLast, place.value.context)
    }

    private func giveUpGathered() {
        endpoint.bodies.giveBack(gathered.readableBytes)
        gathered = ByteBuffer()
    }

    private func refuse(_ write: PlainWrite, because problem: Problem, _ context: ChannelHandlerContext) {
        giveUpGathered()
        let response = endpoint.refuse(write, because: problem, from: context.channel.remoteAddress)
        send(response, isLast: true, saysSo: true, context)
    }

    /// - Parameter saysSo: whether the response says that it is the last one.
    private func send(
        _ response: EndpointResponse,
        isLast: Bool,
        saysSo: Bool = false,
        _ context: ChannelHandlerContext
    ) {
        // A client that has sent ahead has its answers first.
        let isOld = isAged && waiting.isEmpty
        let bytes = IOData.byteBuffer(response.encoded(context.channel.allocator, closes: saysSo || (isOld && !isLast)))
        encoder?.writeAndFlush(NIOAny(bytes), promise: nil)
        patience.moved()
        let isBodyOpen = if case .collecting = state { true } else { false }
        state = .idle
        if isBodyOpen { return closeSoon(context) }
        if isLast || isOld { return context.close(promise: nil) }
        takeWaiting(context)
    }

    /// Closes the connection behind its last answer, for which a client may need a moment that is still sending.
    private func closeSoon(_ context: ChannelHandlerContext) {
        guard dropped == nil else { return }
        dropped = 0
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeDelay) { context.close(promise: nil) }
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
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code >= 200:
            context.write(wrapOutboundOut(.head(marked(head))), promise: promise)
        case .head, .body:
            context.write(data, promise: promise)
        case .end:
            if case .passing(var requests) = state { state = requests.answered() ? .idle : .passing(requests) }
            context.write(data, promise: promise)
            if isLastAnswer { closeSoon(context) }
        }
    }

    /// The head of an answer, which says so if the connection closes behind it.
    private func marked(_ head: HTTPResponseHead) -> HTTPResponseHead {
        var head = head
        var closes = false
        if case .passing(let requests) = state {
            closes = requests.closesBehindAnswer || (isAged && requests.isOneOnly)
        }
        if closes { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        isLastAnswer = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
        return head
    }
}

/// Sent down a channel by whoever is about to read a request's body: a client that waits for 100 (Continue) is told to send it.
struct BodyWanted: Sendable {}
