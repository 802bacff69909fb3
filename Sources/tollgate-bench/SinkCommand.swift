import ArgumentParser
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Four vendors that take everything: each path answers as its vendor does, and the events are counted.
struct SinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sink", shouldDisplay: false)

    @Option var port: Int

    mutating func run() async throws {
        let counts = SinkCounts()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline(withErrorHandling: false).flatMap {
                    channel.pipeline.addHandler(SinkHandler(counts: counts))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        try await server.closeFuture.get()
    }
}

/// Events by vendor.
final class SinkCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ events: Int, to vendor: String) {
        counts.withLock { $0[vendor, default: 0] += events }
    }

    var json: String {
        let list = counts.withLock { $0 }
        return "{" + list.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }
}

/// Answers one connection's requests.
///
/// Safe: `@unchecked Sendable` because a channel handler is used by its channel's event loop alone.
private final class SinkHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let counts: SinkCounts
    private var path = ""
    private var body = ByteBuffer()

    init(counts: SinkCounts) {
        self.counts = counts
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            path = head.uri
            body.clear()
        case .body(var part):
            body.writeBuffer(&part)
        // The vendor that takes everything and says nothing.
        case .end where path.hasPrefix("/silent/"): break
        case .end:
            let (status, text) = answer()
            var headers = HTTPHeaders([("Content-Length", "\(text.utf8.count)")])
            if !text.isEmpty { headers.add(name: "Content-Type", value: "application/json") }
            let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    private func answer() -> (HTTPResponseStatus, String) {
        if path == "/count" { return (.ok, counts.json) }
        let vendor = String(path.split(separator: "/").first ?? "")
        switch vendor {
        case "lago":
            let events = count("\"transaction_id\"")
            counts.add(events, to: vendor)
            guard path.hasSuffix("/batch") else { return (.ok, "{\"event\":{}}") }
            return (.ok, "{\"events\":[" + Array(repeating: "{}", count: events).joined(separator: ",") + "]}")
        case "polar":
            let events = count("\"external_id\"")
            counts.add(events, to: vendor)
            return (.ok, "{\"inserted\":\(events),\"duplicates\":0}")
        case "flexprice":
            counts.add(count("\"event_id\""), to: vendor)
            return (.accepted, "{\"message\":\"Events accepted for processing\"}")
        default:
            counts.add(1, to: vendor)
            return (.accepted, "")
        }
    }

    /// How often a text stands in the body.
    private func count(_ marker: StaticString) -> Int {
        body.withUnsafeReadableBytes { bytes in
            let length = marker.utf8CodeUnitCount
            var found = 0
            var place = 0
            while place + length <= bytes.count {
                if bytes[place] == marker.utf8Start[0], bytes[place + 2] == marker.utf8Start[2],
                    (1..<length).allSatisfy({ bytes[place + $0] == marker.utf8Start[$0] })
                {
                    found += 1
                    place += length
                } else {
                    place += 1
                }
            }
            return found
        }
    }
}
