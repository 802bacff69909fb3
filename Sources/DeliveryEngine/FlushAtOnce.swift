import NIOCore

/// Sends what was written in one turn of the event loop with one system call.
///
/// The HTTP client flushes a request's head, its body and its end, each by itself: two packets and two wake-ups of the vendor where one
/// will do.
final class FlushAtOnce: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = Any
    typealias OutboundOut = Any

    private var isDue = false

    func flush(context: ChannelHandlerContext) {
        guard !isDue else { return }
        isDue = true
        context.eventLoop.assumeIsolated().execute {
            self.isDue = false
            context.flush()
        }
    }
}
