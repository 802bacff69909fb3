import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server that answers each request as a test wants, and keeps the bodies.
final class ScriptedGateway: Sendable {
    /// An answer.
    struct Answer: Sendable {
        var status = 200
        var body = "{}"
        var headers: [(String, String)] = []
    }

    let address: String
    private let channel: any Channel
    private let requests: Requests

    /// What came, in order.
    final class Requests: Sendable {
        private let bodies = Mutex<[String]>([])
        fileprivate let answer: @Sendable (Int, String) -> Answer

        fileprivate init(_ answer: @escaping @Sendable (Int, String) -> Answer) {
            self.answer = answer
        }

        fileprivate func next(_ body: String) -> Answer {
            let number = bodies.withLock { bodies in
                bodies.append(body)
                return bodies.count
            }
            return answer(number, body)
        }

        fileprivate var all: [String] { bodies.withLock { $0 } }
    }

    private init(_ channel: any Channel, _ requests: Requests) {
        self.channel = channel
        self.requests = requests
        address = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    /// The bodies of all requests so far.
    var bodies: [String] { requests.all }

    /// Runs `body` with a server.
    /// - Parameter answer: told the number of the request, from 1, and its body.
    static func with(
        answering answer: @escaping @Sendable (Int, String) -> Answer,
        _ body: (ScriptedGateway) async throws -> Void
    ) async throws {
        let requests = Requests(answer)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler(requests))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(ScriptedGateway(channel, requests))
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let requests: Requests
        private var received = ByteBuffer()

        init(_ requests: Requests) {
            self.requests = requests
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head: received.clear()
            case .body(var part): received.writeBuffer(&part)
            case .end: respond(requests.next(String(buffer: received)), context)
            }
        }

        private func respond(_ answer: Answer, _ context: ChannelHandlerContext) {
            let body = ByteBuffer(string: answer.body)
            var headers = HTTPHeaders(answer.headers)
            headers.add(name: "Content-Length", value: "\(body.readableBytes)")
            let head = HTTPResponseHead(
                version: .http1_1,
                status: HTTPResponseStatus(statusCode: answer.status),
                headers: headers
            )
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
