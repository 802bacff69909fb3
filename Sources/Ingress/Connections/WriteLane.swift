import DequeModule
import NIOCore
import NIOHTTP1
import Transport

/// Responds to plain writes of events as soon as they are complete, and passes all other requests to Hummingbird. ``WriteLaneMachine``
/// decides.
///
/// A write of one event is a few hundred bytes that arrive in one piece. Handling it as a stream of parts, translated into another set of
/// types and back, costs more than everything else that the gateway does with it.
final class WriteLane: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A write whose body is being collected.
    private struct Gathered {
        let write: PlainWrite
        let grounds: WriteEndpoint.Gathering
        var body = ByteBuffer()
    }

    /// How long a client may keep sending after a response that closes the connection.
    private static let closeDelay = TimeAmount.seconds(2)

    private let endpoint: WriteEndpoint
    private let executor: EventLoopExecutor
    private let patience: ConnectionPatience<HTTPServerRequestPart>
    private let door: ConnectionDoor
    /// The context of NIO's encoder: the lane's own responses are already encoded, and are sent from behind it.
    private var encoder: ChannelHandlerContext?
    /// The context of the lane itself.
    private var context: ChannelHandlerContext?
    private var machine = WriteLaneMachine() {
        didSet { door.standing = machine.standing }
    }
    /// Nil unless a write is arriving in pieces.
    private var gathered: Gathered?
    /// What arrived while a write was in flight.
    private var waiting = Deque<HTTPServerRequestPart>()
    /// Events that would end the connection, delayed while a write is in flight.
    private var delayed: [Any] = []
    /// The error behind a request that is in flight.
    private var delayedError: (any Error)?

    /// - Parameters:
    ///   - encoder: the context of the connection's encoder.
    ///   - patience: is told of traffic that bypasses it.
    ///   - door: is told what the connection is doing.
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
        giveUpGathered()
        door.standing = .idle
        encoder = nil
        self.context = nil
    }

    // MARK: - From the client

    /// Responds to a write that arrived completely and bypassed the decoder.
    /// - Returns: false if the bytes are anything else, or an earlier request is in flight; then they go through the decoder.
    func takeWhole(_ bytes: ByteBuffer) -> Bool {
        guard machine.takesWrites, let context,
            let write = PlainWrite.whole(bytes, limitBytes: endpoint.bodyLimitBytes),
            let grounds = endpoint.gathering(write.head, from: context.channel.remoteAddress),
            endpoint.bodies.take(write.body.count)
        else { return false }
        patience.requested()
        machine.receivedWhole()
        answer(write.head, write.body, grounds, context)
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        carryOut(machine.received(measure(part, context)), part, context)
    }

    /// A part as the machine sees it. The head of a write that the lane handles is remembered.
    private func measure(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) -> WriteLaneMachine.Part {
        switch part {
        case .head(let head): .head(head, isWrite: machine.takesWrites && remember(head, context))
        case .body(let bytes): .body(bytes.readableBytes)
        case .end: .end
        }
    }

    /// Keeps the head of a write that the lane handles.
    /// - Returns: false if the write takes the general path.
    private func remember(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Bool {
        guard let write = PlainWrite(head, limitBytes: endpoint.bodyLimitBytes),
            let grounds = endpoint.gathering(write, from: context.channel.remoteAddress)
        else { return false }
        gathered = Gathered(write: write, grounds: grounds)
        return true
    }

    /// Does what the machine decided about a part.
    private func carryOut(
        _ decision: WriteLaneMachine.Decision,
        _ part: HTTPServerRequestPart,
        _ context: ChannelHandlerContext
    ) {
        switch decision {
        case .wait: waiting.append(part)
        case .gatherBody(let saysContinue): if saysContinue { sayContinue(context) }
        case .gather: if case .body(let bytes) = part { gather(bytes, context) }
        case .answer: answerGathered(context)
        case .pass: pass(part, context)
        case .drop: break
        case .close: context.close(promise: nil)
        }
    }

    /// Adds bytes to the body, or refuses the write if the budget has none left.
    private func gather(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let earlier = gathered?.body.readableBytes ?? 0
        guard endpoint.bodies.take(bytes.readableBytes, after: earlier) else {
            return refuse(because: .bodiesBusy, context)
        }
        var bytes = bytes
        if gathered?.body.readableBytes == 0 { gathered?.body = bytes } else { gathered?.body.writeBuffer(&bytes) }
    }

    /// Hands the complete write to the endpoint.
    private func answerGathered(_ context: ChannelHandlerContext) {
        guard let gathered else { preconditionFailure("a write that is complete was begun") }
        self.gathered = nil
        // Copied here, before the next read: NIO reuses its buffer if no slice of it is held, and allocates a new one otherwise.
        answer(gathered.write, Array(gathered.body.readableBytesView), gathered.grounds, context)
    }

    /// Passes a part to the server, unless the head breaks a rule of RFC 9112.
    private func pass(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        if case .head(let head) = part, !HeadRules.areMet(by: head) {
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    /// The interim response for which a client waits before it sends its body.
    private func sayContinue(_ context: ChannelHandlerContext) {
        let bytes = context.channel.allocator.buffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")
        encoder?.writeAndFlush(NIOAny(IOData.byteBuffer(bytes)), promise: nil)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if machine.wantsBody() { sayContinue(context) }
        promise?.succeed()
    }

    func read(context: ChannelHandlerContext) {
        if machine.mayRead(isWritable: context.channel.isWritable) { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let patience = event as? PatienceEnded {
            switch machine.patienceEnded(patience, isWritable: context.channel.isWritable) {
            case .wait: break
            case .close: context.close(promise: nil)
            case .refuse: refuse(because: .stalled, context)
            }
            return
        }
        let isEnd = event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed
        if isEnd, machine.keepsBackEnd() { return delayed.append(event) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if machine.keepsBackError() { delayedError = error } else { context.fireErrorCaught(error) }
    }

    // MARK: - To the client

    private typealias Bound = NIOLoopBound<(lane: WriteLane, context: ChannelHandlerContext)>

    /// Has the endpoint respond. The bytes of the body go back to the budget with the response.
    private func answer(
        _ write: PlainWrite,
        _ body: [UInt8],
        _ grounds: WriteEndpoint.Gathering,
        _ context: ChannelHandlerContext
    ) {
        let bound = Bound((lane: self, context: context), eventLoop: context.eventLoop)
        let endpoint = self.endpoint
        let executor = self.executor
        let address = context.channel.remoteAddress
        // Safe: a task of its own, because a channel handler cannot await; it ends with the response, and the connection, which the
        // server waits for, does not end before.
        Task(executorPreference: executor) { @Sendable in
            let response = await endpoint.respond(to: write, body, of: grounds.caller, from: address)
            endpoint.bodies.giveBack(body.count)
            bound.value.lane.send(response, isLast: write.isLast, bound.value.context)
        }
    }

    /// Sends the response to a write, and closes the connection if the machine says so.
    private func send(_ response: EndpointResponse, isLast: Bool, _ context: ChannelHandlerContext) {
        let ending = machine.answered(isLast: isLast)
        write(response, closes: ending == .close(saysSo: true), context)
        if case .close = ending { context.close(promise: nil) } else { goOn(context) }
    }

    /// Responds to a write whose body is not read any further.
    private func refuse(because problem: Problem, _ context: ChannelHandlerContext) {
        guard let gathered else { preconditionFailure("a write that is refused was begun") }
        giveUpGathered()
        machine.refused()
        let response = endpoint.refuse(gathered.write, because: problem, from: context.channel.remoteAddress)
        write(response, closes: true, context)
        closeSoon(context)
    }

    /// - Parameter closes: whether the response says that the connection closes.
    private func write(_ response: EndpointResponse, closes: Bool, _ context: ChannelHandlerContext) {
        let bytes = IOData.byteBuffer(response.encoded(context.channel.allocator, closes: closes))
        encoder?.writeAndFlush(NIOAny(bytes), promise: nil)
        patience.moved()
    }

    /// Drops the collected body and returns its bytes to the budget.
    private func giveUpGathered() {
        endpoint.bodies.giveBack(gathered?.body.readableBytes ?? 0)
        gathered = nil
    }

    /// Closes after a delay, so that the client can read the response while it still sends.
    private func closeSoon(_ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeDelay) { context.close(promise: nil) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        goOn(context)
        context.fireChannelWritabilityChanged()
    }

    /// Continues with whatever had to wait for the response.
    private func goOn(_ context: ChannelHandlerContext) {
        while let step = machine.next(isWritable: context.channel.isWritable) {
            switch step {
            case .takeWaiting: takeWaiting(context)
            case .tellEvents:
                let events = delayed
                delayed = []
                for event in events { context.fireUserInboundEventTriggered(event) }
            case .tellError:
                if let error = delayedError { context.fireErrorCaught(error) }
                delayedError = nil
                return
            case .read: context.read()
            }
        }
    }

    /// Processes parts that arrived during the response, until the next write is in flight.
    private func takeWaiting(_ context: ChannelHandlerContext) {
        while !machine.isAnswering, let part = waiting.popFirst() {
            machine.resume()
            carryOut(machine.received(measure(part, context)), part, context)
        }
        // Requests that were let through are read when the read is reported as complete.
        if machine.isPassing { context.fireChannelReadComplete() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            let saysClose = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
            if machine.passedHead(saysClose: saysClose) {
                head.headers.replaceOrAdd(name: "Connection", value: "close")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body:
            context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            if machine.passedEnd() { closeSoon(context) }
            // What was delayed follows after the flush of the response.
            if machine.hasKeptBack { context.eventLoop.assumeIsolated().execute { self.goOn(context) } }
        }
    }
}

/// Sent down a channel before a request's body is read: a client that waits for 100 (Continue) is told to send it.
struct BodyWanted: Sendable {}
