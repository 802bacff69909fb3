import NIOCore

/// One connection of a load: a request, its answer, the next request.
final class LoadHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let template: RequestTemplate
    private let supply: EventSupply
    private let done: EventLoopPromise<LoadCount>
    private var request: ByteBuffer
    private var answers = MessageReader()
    private var count = LoadCount()
    private var sentAt: UInt64 = 0
    private var isWaiting = false

    init(template: RequestTemplate, supply: EventSupply, done: EventLoopPromise<LoadCount>) {
        self.template = template
        self.supply = supply
        self.done = done
        request = template.request(from: 0)
    }

    func channelActive(context: ChannelHandlerContext) {
        send(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        answers.add(unwrapInboundIn(data))
        do {
            guard let answer = try answers.next() else { return }
            isWaiting = false
            count.note(accepted: (200..<300).contains(answer.status ?? 0), latency: (SharedClock.now - sentAt) / 1000)
            send(context)
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isWaiting { count.noteBroken() }
        done.succeed(count)
    }

    /// Sends the next request, or closes the connection when there is none left.
    private func send(_ context: ChannelHandlerContext) {
        sentAt = SharedClock.now
        guard let first = supply.take(at: sentAt) else { return context.close(promise: nil) }
        template.fill(&request, from: first)
        isWaiting = true
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }
}
