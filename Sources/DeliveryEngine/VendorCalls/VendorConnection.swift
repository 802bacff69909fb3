import NIOCore
import NIOHTTP1
import NIOTLS

/// One connection to a vendor, with one exchange at a time.
///
/// Tells its pool when it is free and when it has ended. It is free again only when all that came with an answer has been read: what
/// a vendor sends beyond an answer ends the connection, and is never taken for the answer to the next request.
final class VendorConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        /// It is not known yet how to speak: TLS may have to be agreed upon.
        case greeting(EventLoopPromise<Void>)
        case idle
        case busy(VendorExchange)
        /// The answer is complete, and may have been followed by something.
        case answered
        case ended
    }

    private let pool: ConnectionPool
    private let channel: any Channel
    private var context: ChannelHandlerContext?
    private var state: State
    /// When the state at hand has lasted too long.
    private var due: NIODeadline
    private var alarm: (at: NIODeadline, scheduled: Scheduled<Void>)?
    /// How many answers it has brought.
    private(set) var answers = 0
    private var answeredAt: NIODeadline?
    /// Whether the pool knows that the answer at hand is complete.
    private var isReported = false

    /// How long a connection waits for its next request: less than most servers do.
    private static let longestIdle = TimeAmount.seconds(30)

    /// - Parameters:
    ///   - greeting: kept when the connection can take a request.
    ///   - due: when that must be.
    init(_ channel: any Channel, in pool: ConnectionPool, greeting: EventLoopPromise<Void>, due: NIODeadline) {
        self.channel = channel
        self.pool = pool
        self.due = due
        state = .greeting(greeting)
    }

    /// The number of the exchange that is under way; nil if none is.
    var exchange: Int? {
        guard case .busy(let exchange) = state else { return nil }
        return exchange.number
    }

    /// Whether its answer is complete and nobody has freed it yet.
    var isAnswered: Bool { if case .answered = state { true } else { false } }

    /// Whether the vendor may still end it because it has answered.
    var isOnTrial: Bool { trialEnd > .now() }

    /// When it has outlived its answer; long ago if it has brought none.
    var trialEnd: NIODeadline { answeredAt.map { $0 + ConnectionPool.trial } ?? .distantPast }

    // MARK: - What the pool asks for

    /// Nothing has to be agreed upon any more before the first request.
    func isGreeted() {
        guard case .greeting(let promise) = state else { return }
        state = .idle
        promise.succeed()
    }

    /// Sends the request of an exchange with one system call. The connection must be idle.
    func begin(_ exchange: VendorExchange) {
        guard case .idle = state, let context else { preconditionFailure("a connection has one exchange at a time") }
        state = .busy(exchange)
        isReported = false
        wait(until: exchange.deadline)
        exchange.leaves()
        let head = HTTPRequestHead(version: .http1_1, method: exchange.method, uri: "")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(exchange.request))), promise: nil)
    }

    /// Waits for the next request for a while.
    func rest() {
        state = .idle
        wait(until: .now() + Self.longestIdle)
    }

    /// Ends the connection, and what is under way on it.
    func end(_ error: any Error) { end(error, byVendor: false) }

    private func end(_ error: any Error, byVendor: Bool) {
        let before = state
        state = .ended
        alarm?.scheduled.cancel()
        alarm = nil
        switch before {
        case .ended: return
        case .greeting(let promise): promise.fail(error)
        case .busy(let exchange): exchange.fail(error)
        case .idle, .answered: break
        }
        channel.close(promise: nil)
        let wasFree = if case .busy = before { false } else { true }
        pool.ended(self, byVendor: byVendor && wasFree)
    }

    // MARK: - What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        wait(until: due)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { isGreeted() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .busy(let exchange) = state else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): exchange.receive(head)
        case .body(let part): exchange.receive(part)
        case .end:
            state = .answered
            answers += 1
            answeredAt = .now()
            // A vendor that answers before it has read the request to its end may never read on.
            if !exchange.finish() || !channel.isWritable { end(ExchangeFailure.connectionEnded) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard case .answered = state, !isReported else { return }
        isReported = true
        pool.answered(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(ExchangeFailure.connectionEnded, byVendor: true)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(error, byVendor: true)
    }

    // MARK: - Time

    /// Sets when the state at hand has lasted too long.
    ///
    /// Nearly always it changes long before, so an alarm that is set already is left alone, and looks again when it goes off.
    private func wait(until deadline: NIODeadline) {
        due = deadline
        if let alarm, alarm.at <= deadline { return }
        alarm?.scheduled.cancel()
        let scheduled = channel.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.goOff() }
        alarm = (deadline, scheduled)
    }

    private func goOff() {
        alarm = nil
        if case .ended = state { return }
        if due <= .now() { end(ExchangeFailure.timeout) } else { wait(until: due) }
    }
}

/// Lets the bytes of a request through, which holds head and body already. The head beside it is for the decoder of answers only, to
/// which a request's method tells how the answer ends.
final class RequestBytes: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = IOData

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .body(let bytes): context.write(wrapOutboundOut(bytes), promise: promise)
        case .head, .end: promise?.succeed()
        }
    }
}
