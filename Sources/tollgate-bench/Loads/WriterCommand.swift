import ArgumentParser
import NIOCore
import NIOPosix

/// A server that writes bodies to a file and answers when they are on disk: what a durable answer costs without a gateway.
struct WriterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "writer", shouldDisplay: false)

    @Option var port: Int
    @Option var file: String

    mutating func run() async throws {
        let writer = try GroupWriter(file)
        try await LoopbackServer.run(port: port, on: MultiThreadedEventLoopGroup.singleton) {
            WriterHandler(writer: writer)
        }
    }
}

/// Hands one connection's bodies to the writer.
private final class WriterHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let writer: GroupWriter
    private var requests = MessageReader()

    init(writer: GroupWriter) {
        self.writer = writer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        requests.add(unwrapInboundIn(data))
        do {
            while let request = try requests.next() {
                if request.service == "readyz" {
                    context.writeAndFlush(wrapOutboundOut(SinkAnswer.json(200, "{}")), promise: nil)
                } else {
                    writer.write(request.body, for: context.channel)
                }
            }
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
