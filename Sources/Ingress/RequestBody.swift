import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// Reads a request's body within a limit, and undoes its content encoding.
enum RequestBody {
    /// The body's bytes; none if the request says nothing of a body.
    /// - Throws: ``Problem`` (413, 415, 400).
    static func readIfAny(_ request: Request, limitBytes: Int, _ bodies: LargeBodies) async throws
        -> [UInt8]
    {
        guard request.headers[.contentLength] != nil || request.headers[.transferEncoding] != nil else { return [] }
        return try await read(request, limitBytes: limitBytes, bodies)
    }

    /// The body's bytes.
    /// - Throws: ``Problem`` (411, 413, 415, 400).
    static func read(_ request: Request, limitBytes: Int, _ bodies: LargeBodies) async throws -> [UInt8] {
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limitBytes { throw Problem.tooLarge(limit: limitBytes) }
        if length == nil, request.headers[.transferEncoding] == nil { throw Problem.lengthRequired }
        var body = ByteBuffer()
        do {
            for try await part in request.body {
                guard body.readableBytes + part.readableBytes <= limitBytes else {
                    throw Problem.tooLarge(limit: limitBytes)
                }
                body.writeImmutableBuffer(part)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            // Whatever ends a body early is the client's doing: there is nothing of ours between its bytes and this loop.
            throw Problem.brokenBody
        }
        switch request.headers[.contentEncoding]?.lowercased() {
        case nil, "identity"?: return Array(body.readableBytesView)
        case "gzip"?, "deflate"?:
            let encoding = request.headers[.contentEncoding]?.lowercased() ?? ""
            // Each of its bytes may stand for a thousand.
            return try await bodies.decode(isLarge: body.readableBytes >= LargeBodies.least / 1000) { [body] in
                try decompress(body, encoding, limitBytes)
            }
        case let other?: throw Problem.wrongContentEncoding(other)
        }
    }

    /// Runs the body through NIO's decompressor, which stops at the limit, so that a small bomb cannot fill the memory.
    private static func decompress(_ body: ByteBuffer, _ encoding: String, _ limitBytes: Int) throws -> [UInt8] {
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
                if case .body(let bytes) = part { plain.append(contentsOf: bytes.readableBytesView) }
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
