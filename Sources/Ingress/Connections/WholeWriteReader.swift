import NIOCore

/// Reads plain writes that come whole, head and body in one piece, and hands them to ``WriteLane`` past NIO's decoder, which makes parts
/// and lists of fields for all that a request may be, at more than the price of the write itself.
///
/// At the first piece that is anything else it gives way to the decoder, for as long as the connection lasts: where the next request
/// begins, only the decoder knows from then on.
final class WholeWriteReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let lane: WriteLane
    /// Whether nothing of what is being read went further.
    private var keepsAll = false

    init(before lane: WriteLane) {
        self.lane = lane
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        keepsAll = lane.takeWhole(unwrapInboundIn(data))
        if keepsAll { return }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if keepsAll { keepsAll = false } else { context.fireChannelReadComplete() }
    }
}
