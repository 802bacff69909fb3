import DequeModule
import NIOCore
import NIOHTTP1
import NIOTLS

/// One connection to a vendor that carries passed calls, one at a time. Belongs to its event loop.
///
/// It reads only what is asked for, so that the vendor waits while the client is slow, and writes one piece at a time, so that the
/// client waits while the vendor is slow: whatever the bodies' size, no more than the bytes of one read and of one write are held.
final class PassedConnection: ChannelInboundHandler, DialedConnection {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        /// It is not known yet how to speak: TLS may have to be agreed upon.
        case greeting(EventLoopPromise<Void>)
        case idle
        case busy
        case ended(any Error)
    }

    let channel: any Channel
    /// Tells the calls of the connection apart: whoever ends one must not end the next.
    private(set) var call = 0
    private var state: State
    private var context: ChannelHandlerContext?
    private var parts = Deque<HTTPClientResponsePart>()
    private var waiter: EventLoopPromise<HTTPClientResponsePart>?
    /// When the present step has lasted too long; nil if it may last.
    private var due: NIODeadline?
    private var alarm: Scheduled<Void>?
    /// Told when it ends while nothing is asked of it.
    private let onEnd: (PassedConnection) -> Void
    private var hasAnswered = false
    private var isRequestWhole = false
    private var isKeptAlive = false

    /// - Parameters:
    ///   - greeting: kept when the connection can take a call.
    ///   - due: when that must be.
    init(
        _ channel: any Channel,
        greeting: EventLoopPromise<Void>,
        due: NIODeadline,
        onEnd: @escaping (PassedConnection) -> Void
    ) {
        self.channel = channel
        self.due = due
        self.onEnd = onEnd
        state = .greeting(greeting)
    }

    /// Nothing has to be agreed upon any more before the first request.
    func isGreeted() {
        guard case .greeting(let promise) = state else { return }
        state = .idle
        stopAlarm()
        promise.succeed()
    }

    // MARK: - One call

    /// Begins a call: from here on nothing is read unasked.
    /// - Returns: false if the connection has ended; nothing left then.
    func begin(_ method: HTTPMethod) -> Bool {
        guard case .idle = state, channel.isActive, !PeerClose.isKnown(of: channel), let context else { return false }
        do {
            try channel.syncOptions?.setOption(.autoRead, value: false)
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        } catch {
            return false
        }
        state = .busy
        call += 1
        parts.removeAll()
        hasAnswered = false
        isRequestWhole = false
        isKeptAlive = false
        // The decoder needs the method, since an answer to HEAD has no body.
        context.write(wrapOutboundOut(.head(HTTPRequestHead(version: .http1_1, method: method, uri: ""))), promise: nil)
        context.read()
        return true
    }

    /// Sends bytes.
    /// - Parameter isLast: whether the request is complete with them.
    /// - Returns: kept when the system has taken them, with whether the vendor has begun to answer; also when it did not take them
    ///   because the vendor has answered and hung up.
    func write(_ bytes: ByteBuffer, isLast: Bool, within patience: TimeAmount) -> EventLoopFuture<Bool> {
        guard case .busy = state, let context else {
            return hasAnswered
                ? channel.eventLoop.makeSucceededFuture(true) : channel.eventLoop.makeFailedFuture(failure)
        }
        isRequestWhole = isLast
        let promise = channel.eventLoop.makePromise(of: Void.self)
        setAlarm(patience)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        return promise.futureResult.assumeIsolated().flatMapThrowing {
            self.stopAlarm()
            return self.hasAnswered
        }.flatMapErrorThrowing { error in
            if self.hasAnswered { return true }
            // The channel says only that it is closed.
            if case .ended(let reason) = self.state { throw reason }
            throw error
        }.nonisolated()
    }

    /// The next part of the answer.
    func next(within patience: TimeAmount) -> EventLoopFuture<HTTPClientResponsePart> {
        let eventLoop = channel.eventLoop
        if let part = parts.popFirst() { return eventLoop.makeSucceededFuture(part) }
        guard case .busy = state, let context else { return eventLoop.makeFailedFuture(failure) }
        precondition(waiter == nil, "a call asks for one part at a time")
        let promise = eventLoop.makePromise(of: HTTPClientResponsePart.self)
        waiter = promise
        setAlarm(patience)
        context.read()
        return promise.futureResult
    }

    /// The call has ended, and its response is complete.
    /// - Returns: whether the connection can carry another.
    func finish() -> Bool {
        guard case .busy = state, isKeptAlive, isRequestWhole, parts.isEmpty, channel.isActive, let context else {
            end(ExchangeFailure.connectionEnded)
            return false
        }
        state = .idle
        // Whatever comes now ends it: the vendor's own end, or bytes that nobody asked for.
        context.read()
        return true
    }

    /// Ends the connection if it still carries this call.
    func end(call: Int, _ error: any Error) {
        guard case .busy = state, call == self.call else { return }
        end(error)
    }

    /// Ends the connection, and the call on it.
    func end(_ error: any Error) {
        let before = state
        if case .ended = before { return }
        state = .ended(error)
        stopAlarm()
        let waiter = waiter
        self.waiter = nil
        channel.close(promise: nil)
        switch before {
        case .greeting(let promise): promise.fail(error)
        case .idle: onEnd(self)
        case .busy, .ended: break
        }
        waiter?.fail(error)
    }

    private var failure: any Error {
        if case .ended(let error) = state { error } else { ExchangeFailure.connectionEnded }
    }

    // MARK: - What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setAlarm()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { isGreeted() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .busy = state else { return end(ExchangeFailure.connectionEnded) }
        let part = unwrapInboundIn(data)
        if case .head(let head) = part {
            hasAnswered = true
            isKeptAlive = head.isKeepAlive && head.status != .switchingProtocols
        }
        guard let waiter else { return parts.append(part) }
        self.waiter = nil
        stopAlarm()
        waiter.succeed(part)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // A piece of TLS, or of a head, is no part yet.
        if waiter != nil { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(ExchangeFailure.connectionEnded)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(error)
    }

    // MARK: - Time

    private func setAlarm(_ patience: TimeAmount) {
        due = .now() + patience
        setAlarm()
    }

    private func setAlarm() {
        alarm?.cancel()
        alarm = due.map { channel.eventLoop.assumeIsolated().scheduleTask(deadline: $0) { self.goOff() } }
    }

    private func stopAlarm() {
        due = nil
        alarm?.cancel()
        alarm = nil
    }

    /// A timer that is already due when it is cancelled still fires.
    private func goOff() {
        guard let due, due <= .now() else { return }
        end(ExchangeFailure.timeout)
    }
}
