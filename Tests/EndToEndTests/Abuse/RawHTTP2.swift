import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport

/// An HTTP/2 client that sends and ignores what a test wants, a PING for example.
final class RawHTTP2: Sendable {
    /// One frame.
    struct Frame: Sendable, Equatable {
        let type: UInt8
        let flags: UInt8
        let stream: Int
        let payload: [UInt8]
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let bytes = Mutex<[UInt8]>([])

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let new = Array(unwrapInboundIn(data).readableBytesView)
            bytes.withLock { $0 += new }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private let channel: any Channel
    private let collector: Collector
    private let closed = Atomic(false)

    private init(_ channel: any Channel, _ collector: Collector) {
        self.channel = channel
        self.collector = collector
        channel.closeFuture.whenComplete { [weak self] _ in self?.closed.store(true, ordering: .relaxed) }
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Connects, and sends the preface with empty settings.
    static func connect(to port: Int, trusting certificates: Certificates, _ authority: String) async throws
        -> RawHTTP2
    {
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.trustRoots = .file(certificates.authority(authority).path)
        trust.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: trust)
        let collector = Collector()
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
                    try channel.pipeline.syncOperations.addHandlers([handler, collector])
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let client = RawHTTP2(channel, collector)
        try await client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8))
        try await client.send(type: 4, stream: 0, [])
        return client
    }

    /// Whether the server has closed the connection.
    var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// All whole frames that have come.
    var frames: [Frame] {
        let bytes = collector.bytes.withLock { $0 }
        var frames: [Frame] = []
        var rest = bytes[...]
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard rest.count >= 9 + length else { break }
            let stream = Int(head[5] & 0x7F) << 24 | Int(head[6]) << 16 | Int(head[7]) << 8 | Int(head[8])
            let payload = Array(rest.dropFirst(9).prefix(length))
            frames.append(Frame(type: head[3], flags: head[4], stream: stream, payload: payload))
            rest = rest.dropFirst(9 + length)
        }
        return frames
    }

    /// The frames of this type on a stream.
    func frames(_ type: UInt8, on stream: Int) -> [Frame] { frames.filter { $0.type == type && $0.stream == stream } }

    func send(type: UInt8, flags: UInt8 = 0, stream: Int, _ payload: [UInt8]) async throws {
        let count = payload.count
        let length = [UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
        let id = [24, 16, 8, 0].map { UInt8(stream >> $0 & 0xFF) }
        try await send(length + [type, flags] + id + payload)
    }

    /// Sends a request's head, each field as a literal.
    func request(_ fields: [(String, String)], on stream: Int, endsStream: Bool = true) async throws {
        var block: [UInt8] = []
        for (name, value) in fields {
            block += [0, UInt8(name.utf8.count)]
            block += Array(name.utf8)
            block.append(UInt8(value.utf8.count))
            block += Array(value.utf8)
        }
        try await send(type: 1, flags: endsStream ? 5 : 4, stream: stream, block)
    }

    private func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }
}
