import NIOCore
import NIOHTTP1

/// Reads plain writes that come whole, head and body in one piece, and hands them to ``WriteLane`` past NIO's decoder, which makes parts
/// and lists of fields for all that a request may be, at more than the price of the write itself.
///
/// From the first piece that is anything else, all goes to the decoder, for as long as the connection lasts: where the next request
/// begins, only the decoder knows from then on. Request lines that the decoder would accept wrongly are looked for as long as it is plain
/// where they begin.
final class WholeWriteReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let lane: WriteLane
    /// Whether all pieces so far were whole writes.
    private var takesWhole = true
    /// Whether nothing of what is being read went further.
    private var keepsAll = false
    private var starts = RequestStarts()
    /// Whether a request line was malformed, so that nothing behind it is read.
    private var isBroken = false

    init(before lane: WriteLane) {
        self.lane = lane
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        var piece = unwrapInboundIn(data)
        if takesWhole {
            keepsAll = lane.takeWhole(piece)
            if keepsAll { return }
            takesWhole = false
        }
        switch piece.withUnsafeReadableBytes({ starts.read($0[...]) }) {
        case .nothing:
            context.fireChannelRead(data)
        case .lost:
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        case .malformed(let good):
            isBroken = true
            if let before = piece.readSlice(length: good), good > 0 { context.fireChannelRead(wrapInboundOut(before)) }
            context.fireErrorCaught(HTTPParserError.invalidURL)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if keepsAll { keepsAll = false } else { context.fireChannelReadComplete() }
    }
}
