import ArgumentParser
import Foundation
import Histogram
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Posts events over keep-alive connections for some seconds, one request at a time on each, and prints what came of it as JSON.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "load", shouldDisplay: false)

    @Option var port: Int
    @Option var connections = 64
    @Option var batch = 1
    @Option var seconds = 5.0
    @Option var key = ""
    /// Stop after this many events, if that comes first.
    @Option var events = Int.max
    /// In front of every id, so that runs do not repeat one another's.
    @Option var prefix = "e"

    mutating func run() async throws {
        let tally = LoadTally(batch: batch, prefix: prefix, most: events, end: .now + .seconds(seconds))
        let settings = (port: port, key: key)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    let done = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
                    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                        .channelInitializer { channel in
                            channel.pipeline.addHTTPClientHandlers().flatMap {
                                channel.pipeline.addHandler(LoadHandler(tally: tally, key: settings.key, done: done))
                            }
                        }
                        .connect(host: "127.0.0.1", port: settings.port).get()
                    try await done.futureResult.get()
                    try await channel.close()
                }
            }
            try await group.waitForAll()
        }
        let duration = ContinuousClock.now - start
        print(tally.json(seconds: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18))
    }
}

/// What all connections of a load share.
final class LoadTally: Sendable {
    private struct State {
        var next = 0
        var requests = 0
        var failures = 0
        var latencies = Histogram<UInt32>(highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)
    }

    private let state = Mutex(State())
    private let batch: Int
    private let prefix: String
    private let most: Int
    private let end: ContinuousClock.Instant

    init(batch: Int, prefix: String, most: Int, end: ContinuousClock.Instant) {
        self.batch = batch
        self.prefix = prefix
        self.most = most
        self.end = end
    }

    /// The next body; nil when the load is over.
    func nextBody() -> ByteBuffer? {
        let first = state.withLock { state -> Int? in
            guard state.next < most, ContinuousClock.now < end else { return nil }
            defer { state.next += batch }
            return state.next
        }
        guard let first else { return nil }
        if batch == 1 { return ByteBuffer(string: event(first)) }
        return ByteBuffer(string: "[" + (first..<(first + batch)).map(event).joined(separator: ",") + "]")
    }

    /// About 300 bytes.
    private func event(_ number: Int) -> String {
        """
        {"id":"\(prefix)-\(number)","name":"api_request","customer_id":"customer-\(number % 1000)",\
        "timestamp":"2024-03-20T15:04:05.123Z","source":"benchmark","properties":{"request_size":1024,"response_size":20480,\
        "region":"eu-central-1","path":"/v1/things/42","status":200,"cached":false,"tokens":151.25,"model":"large-2024"}}
        """
    }

    func note(_ latency: Duration, isGood: Bool) {
        let microseconds = latency.components.seconds * 1_000_000 + latency.components.attoseconds / 1_000_000_000_000
        state.withLock { state in
            state.requests += 1
            if !isGood { state.failures += 1 }
            state.latencies.record(UInt64(max(1, microseconds)))
        }
    }

    func json(seconds: Double) -> String {
        state.withLock { state in
            let good = state.requests - state.failures
            let rate = Int(Double(good) / seconds)
            return
                "{\"requests_per_s\":\(rate),\"events_per_s\":\(rate * batch),\"events\":\(good * batch),\"failures\":\(state.failures),"
                + "\"p50_us\":\(state.latencies.valueAtPercentile(50)),\"p99_us\":\(state.latencies.valueAtPercentile(99))}"
        }
    }
}

/// One connection of a load.
///
/// Safe: `@unchecked Sendable` because a channel handler is used by its channel's event loop alone.
private final class LoadHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let tally: LoadTally
    private let key: String
    private let done: EventLoopPromise<Void>
    private var sentAt = ContinuousClock.now
    private var isGood = false

    init(tally: LoadTally, key: String, done: EventLoopPromise<Void>) {
        self.tally = tally
        self.key = key
        self.done = done
    }

    func channelActive(context: ChannelHandlerContext) {
        send(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): isGood = head.status == .accepted
        case .body: break
        case .end:
            tally.note(.now - sentAt, isGood: isGood)
            send(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.succeed()
    }

    private func send(_ context: ChannelHandlerContext) {
        guard let body = tally.nextBody() else { return done.succeed() }
        let headers = HTTPHeaders([
            ("Host", "127.0.0.1"), ("Content-Type", "application/json"), ("Content-Length", "\(body.readableBytes)"),
            ("Authorization", "Bearer \(key)"),
        ])
        sentAt = .now
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/events", headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
