import NIOCore
import NIOEmbedded
import NIOHTTP1
import Randomness
import Testing

@testable import Ingress

/// The reader of whole writes beside NIO's decoder: from the same bytes both must find the same requests.
///
/// Streams of requests are made and damaged by chance, cut into pieces by chance, and read twice: by the decoder alone, and as on a
/// connection, by the reader with the decoder behind it.
@Suite struct WholeWriteDifferentialTests {
    private static let limit = 1 << 20

    /// What one way of reading finds.
    private struct Finding {
        /// Head and body of each request.
        var requests: [String] = []
        var isBroken = false
        /// How many of the requests were taken whole.
        var taken = 0
        /// How many pieces were read.
        var pieces = 0
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `finds the requests that the decoder finds`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var taken = 0
        for _ in 0..<50 {
            let texts = (0..<Int.random(in: 1...4, using: &random)).map { _ in RequestText.random(&random) }
            let pieces = RequestText.pieces(texts, &random)
            let found = try Self.read(pieces, withReader: true)
            let expected = try Self.read(Array(pieces.prefix(found.pieces)), withReader: false)
            taken += found.taken
            if found.requests == expected.requests, found.isBroken == expected.isBroken { continue }
            // What the decoder accepts wrongly, and the reader refuses (RFC 9112, section 3).
            let isStricter = found.isBroken && RequestText.hasMalformedLine(texts)
            let isPart = expected.requests.starts(with: found.requests)
            #expect(isStricter && isPart, "pieces: \(pieces.debugDescription)\nfound \(found), expected \(expected)")
        }
        #expect(taken > 0, "no request was taken whole")
    }

    private static func read(_ pieces: [String], withReader: Bool) throws -> Finding {
        let channel = EmbeddedChannel()
        let finding = Found()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withErrorHandling: false,
            withOutboundHeaderValidation: false,
            withEncoderConfiguration: HTTPResponseEncoder.Configuration(),
            withDecoderLimitConfiguration: ConnectionChannel.headerLimits
        )
        if withReader {
            try pipeline.addHandler(WholeWriteReader { finding.takesWhole($0) }, position: .first)
        }
        try pipeline.addHandler(finding)
        for piece in pieces where !finding.isOver {
            finding.value.pieces += 1
            do {
                try channel.writeInbound(ByteBuffer(string: piece))
            } catch {
                finding.value.isBroken = true
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return finding.value
    }

    /// Keeps the requests that reach it.
    private final class Found: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart

        var value = Finding()
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []
        private var isLast = false

        /// Behind a write that closes the connection nothing is read.
        var isOver: Bool { value.isBroken || isLast }

        func takesWhole(_ bytes: ByteBuffer) -> Bool {
            guard let write = PlainWrite.whole(bytes, limitBytes: WholeWriteDifferentialTests.limit) else {
                return false
            }
            value.taken += 1
            add(write.head, write.body)
            return true
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, [])
            case .body(let bytes): body += bytes.readableBytesView
            case .end:
                guard let head else { return }
                if let write = PlainWrite(head, limitBytes: WholeWriteDifferentialTests.limit) {
                    add(write, body)
                } else {
                    value.requests.append("\(head) \(body)")
                }
            }
        }

        private func add(_ write: PlainWrite, _ body: [UInt8]) {
            value.requests.append("\(write) \(body)")
            isLast = write.isLast
        }
    }
}

/// Requests by chance, most of them plain writes or nearly.
private enum RequestText {
    private static let lines = [
        "POST /v1/events HTTP/1.1", "POST /v1/events HTTP/1.1", "POST /v1/events HTTP/1.1", "POST /v1/events HTTP/1.0",
        "GET /v1/events HTTP/1.1", "POST  /v1/events HTTP/1.1", "POST /v1/events?partial=true HTTP/1.1",
    ]
    private static let fields = [
        "X-Request-Id: mine", "traceparent: 00-1-2-01", "x-api-key: k", "Content-Type: application/json",
        "CONTENT-TYPE:text/plain", "Accept: */*", "Connection: keep-alive", "Connection: close", "Expect: 100-continue",
        "Transfer-Encoding: chunked", "Content-Encoding: gzip", "Host: b", "Upgrade: h2c", "X-Empty:", "X_A: b",
        "Content-Length: 2", "X-Tab:\ta", "X-Long: \(String(repeating: "a", count: 9000))", "X-Space:  a  ",
        "Prefer: wait=1", "ce-specversion: 1.0", "Authorization: Bearer other",
    ]
    private static let characters = ["\r", "\n", " ", "\t", ":", "\0", "é", "a", "1", "\r\n", ";", ","]

    static func random(_ random: inout SplitMix) -> String {
        let body = String(repeating: "b", count: .random(in: 0...30, using: &random))
        var head = [
            Int.random(in: 0..<4, using: &random) == 0 ? lines.randomElement(using: &random)! : lines[0], "Host: a",
            "Authorization: Bearer test-key", "Content-Length: \(body.utf8.count)",
        ]
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            head.insert(fields.randomElement(using: &random)!, at: .random(in: 1...head.count, using: &random))
        }
        let text = head.joined(separator: "\r\n") + "\r\n\r\n" + body
        return Int.random(in: 0..<3, using: &random) == 0 ? damaged(text, &random) : text
    }

    private static func damaged(_ text: String, _ random: inout SplitMix) -> String {
        var scalars = Array(text.unicodeScalars)
        let index = Int.random(in: 0..<scalars.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: scalars.remove(at: index)
        case 1: scalars.insert(contentsOf: characters.randomElement(using: &random)!.unicodeScalars, at: index)
        default: scalars.removeSubrange(index...)
        }
        var damaged = String.UnicodeScalarView()
        damaged.append(contentsOf: scalars)
        return String(damaged)
    }

    /// A request a piece, or pieces that know nothing of requests.
    static func pieces(_ texts: [String], _ random: inout SplitMix) -> [String] {
        if Int.random(in: 0..<3, using: &random) > 0 { return texts }
        let scalars = Array(texts.joined().unicodeScalars)
        var pieces: [String] = []
        var start = 0
        while start < scalars.count {
            let end = min(scalars.count, start + .random(in: 1...200, using: &random))
            var piece = String.UnicodeScalarView()
            piece.append(contentsOf: scalars[start..<end])
            pieces.append(String(piece))
            start = end
        }
        return pieces
    }

    /// Whether there is a line with a space too many, which could be a request line.
    static func hasMalformedLine(_ texts: [String]) -> Bool {
        // Joined too: a request that breaks off may make a line with the next one.
        (texts + [texts.joined()]).flatMap { $0.split(whereSeparator: \.isNewline) }.contains { line in
            let isRequestLine = line.contains("HTTP/1") || line.hasPrefix("POST") || line.hasPrefix("GET")
            return isRequestLine && (line.contains("  ") || line.hasPrefix(" ") || line.hasSuffix(" "))
        }
    }
}
