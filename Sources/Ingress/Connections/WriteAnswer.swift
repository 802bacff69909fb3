import HTTPTypes
import NIOCore
import NIOHTTP1

/// The answer to a plain write: HTTP/1.1, with a body of known length.
struct WriteAnswer: Sendable {
    let status: HTTPResponse.Status
    let contentType: String
    let requestID: String
    /// Further fields of the head.
    var fields: [(name: String, value: String)] = []
    let body: [UInt8]

    /// Head and body as they go over the wire. In one piece, which is one write; NIO's encoder would make two of them, and a list of
    /// fields for each answer first.
    /// - Parameter closes: whether the connection closes behind it, which `fields` does not say yet.
    func encoded(_ allocator: ByteBufferAllocator, closes: Bool) -> ByteBuffer {
        var bytes = allocator.buffer(capacity: 256 + body.count)
        bytes.writeStaticString("HTTP/1.1 ")
        bytes.writeString(String(status.code))
        bytes.writeStaticString(" ")
        bytes.writeString(HTTPResponseStatus(statusCode: status.code).reasonPhrase)
        bytes.writeStaticString("\r\nContent-Type: ")
        bytes.writeString(contentType)
        bytes.writeStaticString("\r\nContent-Length: ")
        bytes.writeString(String(body.count))
        bytes.writeStaticString("\r\nX-Request-Id: ")
        bytes.writeString(requestID)
        bytes.writeStaticString("\r\nDate: ")
        bytes.writeString(HTTPDate.now)
        bytes.writeStaticString("\r\nServer: tollgate\r\n")
        for (name, value) in fields { bytes.writeString("\(name): \(value)\r\n") }
        if closes { bytes.writeStaticString("Connection: close\r\n") }
        bytes.writeStaticString("\r\n")
        bytes.writeBytes(body)
        return bytes
    }
}
