import NIOCore
import NIOHTTP1
import NIOTLS

/// One connection to a vendor. Carries out what ``ConnectionMachine`` decides, and tells its pool when it is free and when it has ended.
final class VendorConnection: ChannelInboundHandler, DialedConnection {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// Identifies the connection within its pool.
    let number: Int
    private let pool: ConnectionPool
    private let channel: any Channel
    private let greeting: EventLoopPromise<Void>
    private var context: ChannelHandlerContext?
    private var machine: ConnectionMachine
    /// The exchange in flight; nil if there is none.
    private var exchange: VendorExchange?
    private var alarm: (at: NIODeadline, scheduled: Scheduled<Void>)?

    /// - Parameters:
    ///   - greeting: succeeds when the connection can take a request.
    ///   - due: the deadline for that.
    init(
        _ channel: any Channel,
        _ number: Int,
        in pool: ConnectionPool,
        greeting: EventLoopPromise<Void>,
        due: NIODeadline
    ) {
        self.channel = channel
        self.number = number
        self.pool = pool
        self.greeting = greeting
        machine = ConnectionMachine(due: due)
    }

    // MARK: - What the pool asks for

    /// The connection is ready for its first request.
    func isGreeted() {
        guard machine.greeted(at: .now()) else { return }
        watchTime()
        greeting.succeed()
    }

    /// Whether the vendor has closed the connection, even if the event loop has not reported it yet.
    var isClosedByVendor: Bool { PeerClose.isKnown(of: channel) }

    /// Sends the request of an exchange with one system call. The connection must be free.
    func begin(_ exchange: VendorExchange) {
        guard let context else { preconditionFailure("a connection that is free has its channel") }
        machine.began(exchange.number, until: exchange.deadline)
        self.exchange = exchange
        watchTime()
        exchange.leaves()
        let head = HTTPRequestHead(version: .http1_1, method: exchange.method, uri: "")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(exchange.request))), promise: nil)
    }

    /// Ends the connection, and the exchange in flight.
    func end(_ error: any Error) { end(error, byVendor: false) }

    private func end(_ error: any Error, byVendor: Bool) {
        let end = machine.end(byVendor: byVendor)
        guard end != .known else { return }
        alarm?.scheduled.cancel()
        alarm = nil
        let exchange = exchange
        self.exchange = nil
        switch end {
        case .greetingFails: greeting.fail(error)
        case .exchangeFails: exchange?.fail(error)
        case .known, .wasFree: break
        }
        channel.close(promise: nil)
        pool.ended(self, byVendor: end == .wasFree(byVendor: true))
    }

    // MARK: - What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watchTime()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { isGreeted() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): exchange.receive(head)
        case .body(let part): exchange.receive(part)
        case .end:
            self.exchange = nil
            machine.answerEnded(at: .now())
            if !exchange.finish(requestIsWritten: channel.isWritable) { end(ExchangeFailure.connectionEnded) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard machine.readCompleted() else { return }
        watchTime()
        pool.answered(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(ExchangeFailure.connectionEnded, byVendor: true)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(error, byVendor: true)
    }

    // MARK: - Time

    /// Makes sure that a timeout of the current state is noticed.
    ///
    /// Nearly always it changes long before, so a timer that is already set stays, and checks again when it fires.
    private func watchTime() {
        if let alarm, alarm.at <= machine.due { return }
        alarm?.scheduled.cancel()
        let scheduled = channel.eventLoop.assumeIsolated().scheduleTask(deadline: machine.due) { self.goOff() }
        alarm = (machine.due, scheduled)
    }

    private func goOff() {
        alarm = nil
        if machine.isOverdue(at: .now()) {
            end(ExchangeFailure.timeout)
        } else if machine.state != .ended {
            watchTime()
        }
    }
}

/// Lets the bytes of a request through, which already contain head and body. The separate head is only for the response decoder, which
/// needs the request's method to find the end of the response.
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
