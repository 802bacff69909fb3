import ArgumentParser
import Events
import NIOCore
import NIOPosix
import Vendors

/// Vendors that take everything: each path answers as its vendor does, and the events are counted.
///
/// `GET /count` tells the events by provider. `POST /gate/shut` makes all vendors take requests without answering until `POST
/// /gate/open`, which answers them. The vendor `silent` never answers.
struct SinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sink", shouldDisplay: false)

    @Option var port: Int

    mutating func run() async throws {
        try SinkAnswer.check()
        let books = SinkBooks()
        try await LoopbackServer.run(port: port, on: MultiThreadedEventLoopGroup(numberOfThreads: 1)) {
            SinkHandler(books: books)
        }
    }
}

/// Answers one connection's requests.
private final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let books: SinkBooks
    private var requests = MessageReader()

    init(books: SinkBooks) {
        self.books = books
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        requests.add(unwrapInboundIn(data))
        do {
            while let request = try requests.next() {
                guard let answer = answer(to: request, on: context.channel) else { continue }
                context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
            }
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Nil where the vendor says nothing, or not yet.
    private func answer(to request: MessageReader.Message, on channel: any Channel) -> ByteBuffer? {
        let service = request.service
        switch service {
        case "silent": return nil
        case "readyz": return SinkAnswer.json(200, "{}")
        case "count": return SinkAnswer.json(200, books.json)
        case "gate":
            books.setGate(isShut: request.action == "shut")
            return SinkAnswer.json(200, "{}")
        default:
            let events = SinkAnswer.events(in: request.body, for: service)
            return books.take(events, for: service, on: channel) ? SinkAnswer.of(service, events) : nil
        }
    }
}

/// What the vendors say when all is well.
enum SinkAnswer {
    private static let knetik = ByteBuffer(string: "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")

    /// How many events are in one request, by the field that each of them has once.
    static func events(in body: ByteBuffer, for vendor: String) -> Int {
        let marker: StaticString? =
            switch vendor.prefix(4) {
            case "lago": "\"transaction_id\""
            case "pola": "\"external_id\""
            case "flex": "\"event_id\""
            default: nil
            }
        guard let marker else { return 1 }
        return body.withUnsafeReadableBytes { $0.occurrences(of: marker) }
    }

    /// The response of each vendor's API to so many accepted events.
    static func of(_ vendor: String, _ events: Int) -> ByteBuffer {
        switch vendor.prefix(4) {
        // One event alone goes to another path, whose answer has another form.
        case "lago" where events == 1: json(200, "{\"event\":{}}")
        case "lago": json(200, "{\"events\":[\(repeatElement("{}", count: events).joined(separator: ","))]}")
        case "pola": json(200, "{\"inserted\":\(events),\"duplicates\":0}")
        case "flex": json(202, "{\"message\":\"Events accepted for processing\"}")
        default: knetik
        }
    }

    /// A whole response as bytes, built once and sent many times.
    static func json(_ status: Int, _ text: String) -> ByteBuffer {
        ByteBuffer(
            string:
                "HTTP/1.1 \(status) OK\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
        )
    }

    /// Checks that the gateway takes the answers for deliveries. Otherwise it would send each event again, which counts again, and pause
    /// longer and longer: that would show in wrong rates only.
    static func check() throws {
        for adapter in VendorRegistry.all {
            for count in 1...2 {
                var reader = MessageReader()
                reader.add(of(adapter.traits.adapter.rawValue, count))
                guard let message = try reader.next(), let status = message.status else {
                    throw MessageReader.Unreadable()
                }
                let answer = VendorAnswer(status: status, body: Array(message.body.readableBytesView))
                let events = (0..<count).map { TranslatedEvent(bytes: Array("{}".utf8), identity: "\($0)") }
                guard adapter.verdict(of: answer, for: events) == .all(.delivered(deduplicated: false)) else {
                    throw BenchFailure(
                        description: "the sink's answer to \(count) events is no delivery at \(adapter.traits.vendor)"
                    )
                }
            }
        }
    }
}
