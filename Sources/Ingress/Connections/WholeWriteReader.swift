import NIOCore
import NIOHTTP1

/// Reads plain writes that arrive completely in one piece, and hands them to ``WriteLane`` without NIO's decoder, which builds parts and
/// lists of header fields for any possible request at more than the cost of the write itself. ``WholeWriteMachine`` decides.
final class WholeWriteReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let takesWhole: (ByteBuffer) -> Bool
    private var machine = WholeWriteMachine()

    /// - Parameter takesWhole: handles a write that arrived completely; false if the piece is anything else, or must wait.
    init(takesWhole: @escaping (ByteBuffer) -> Bool) {
        self.takesWhole = takesWhole
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let piece = unwrapInboundIn(data)
        let decision = piece.withUnsafeReadableBytes { bytes in
            machine.read(bytes) { takesWhole(piece) }
        }
        switch decision {
        case .taken, .drop: break
        case .decode: context.fireChannelRead(data)
        case .decodeAll:
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        case .fail(let good):
            if let before = piece.getSlice(at: piece.readerIndex, length: good), good > 0 {
                context.fireChannelRead(wrapInboundOut(before))
            }
            context.fireErrorCaught(HTTPParserError.invalidURL)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if machine.readCompleted() { context.fireChannelReadComplete() }
    }
}
