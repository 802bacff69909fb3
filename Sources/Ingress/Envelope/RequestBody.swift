import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// The body of one request: read within a limit, and decompressed.
struct RequestBody: Sendable {
    private let request: Request
    /// The channel of the connection, or of the stream on it.
    let channel: any Channel
    /// Decompresses and parses it.
    let decoding: LargeBodies
    /// Held as long as the body is.
    private let lease: BodyLease

    /// - Parameters:
    ///   - channel: used to tell a client that its body is needed.
    ///   - budget: the budget for the body's bytes.
    ///   - decoding: decompresses and parses large bodies.
    init(of request: Request, on channel: any Channel, takingFrom budget: BodyBudget, decoding: LargeBodies) {
        self.request = request
        self.channel = channel
        self.decoding = decoding
        lease = BodyLease(of: budget)
    }

    /// The body as it arrives, piece by piece.
    var pieces: PassedBody { PassedBody(of: request, on: channel) }

    /// The body's bytes; empty if the request announces no body.
    /// - Throws: ``Problem`` (413, 415, 400, 503).
    func readIfAny(limitBytes: Int) async throws -> [UInt8] {
        try await gather(limitBytes: limitBytes) ?? []
    }

    /// The body's bytes. A client that waits for 100 (Continue) is told to send them if the head is valid.
    /// - Throws: ``Problem`` (411, 413, 415, 400, 503).
    func read(limitBytes: Int) async throws -> [UInt8] {
        guard let bytes = try await gather(limitBytes: limitBytes) else { throw Problem.lengthRequired }
        return bytes
    }

    /// The body's bytes; nil if no body was announced and none arrived. In HTTP/2 a body needs no announcement, because its frames mark
    /// its end.
    private func gather(limitBytes: Int) async throws -> [UInt8]? {
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limitBytes { throw Problem.tooLarge(limit: limitBytes) }
        let isAnnounced = length != nil || request.headers[.transferEncoding] != nil
        let encoding = try encoding()
        if request.headers[.expect] != nil { channel.triggerUserOutboundEvent(BodyWanted(), promise: nil) }
        var body = ByteBuffer()
        do {
            for try await part in request.body {
                guard body.readableBytes + part.readableBytes <= limitBytes else {
                    throw Problem.tooLarge(limit: limitBytes)
                }
                guard lease.take(part.readableBytes) else { throw Problem.bodiesBusy }
                body.writeImmutableBuffer(part)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            // Whatever ends a body early is caused by the client: nothing of the gateway is between its bytes and this loop.
            throw Problem.brokenBody
        }
        guard isAnnounced || body.readableBytes > 0 else { return nil }
        guard let encoding else { return Array(body.readableBytesView) }
        // Each compressed byte may expand to a thousand.
        return try await decoding.decode(isLarge: body.readableBytes >= LargeBodies.least / 1000) { [body] in
            try decompress(body, encoding, limitBytes)
        }
    }

    /// Nil for a body that is sent as it is.
    private func encoding() throws(Problem) -> String? {
        switch request.headers[.contentEncoding]?.lowercased() {
        case nil, "identity"?: nil
        case "gzip"?: "gzip"
        case "deflate"?: "deflate"
        case let other?: throw .wrongContentEncoding(other)
        }
    }

    /// Runs the body through NIO's decompressor, which stops at the limit, so that a small bomb cannot fill the memory.
    private func decompress(_ body: ByteBuffer, _ encoding: String, _ limitBytes: Int) throws -> [UInt8] {
        let channel = EmbeddedChannel(handler: NIOHTTPRequestDecompressor(limit: .size(limitBytes)))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        var headers = HTTPHeaders([("Content-Length", "\(body.readableBytes)")])
        headers.add(name: "Content-Encoding", value: encoding)
        do {
            try channel.writeInbound(
                HTTPServerRequestPart.head(
                    HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: headers)
                )
            )
            try channel.writeInbound(HTTPServerRequestPart.body(body))
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
            var plain: [UInt8] = []
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
                guard case .body(let bytes) = part else { continue }
                guard lease.take(bytes.readableBytes) else { throw Problem.bodiesBusy }
                plain.append(contentsOf: bytes.readableBytesView)
            }
            guard plain.count <= limitBytes else { throw Problem.tooLarge(limit: limitBytes) }
            return plain
        } catch let error as NIOHTTPDecompression.DecompressionError where error == .limit {
            throw Problem.tooLarge(limit: limitBytes)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem.undecodable
        }
    }
}
