import HTTPTypes
import NIOCore
import NIOHTTP1

extension EndpointResponse {
    /// Head and body as they are sent in HTTP/1.1, in one buffer and so in one write. NIO's encoder would make two writes, and a list of
    /// header fields for each response first.
    /// - Parameter closes: whether the connection closes afterwards.
    func encoded(_ allocator: ByteBufferAllocator, closes: Bool) -> ByteBuffer {
        guard case .bytes(let body) = body else { preconditionFailure("the response to a write is not streamed") }
        var bytes = allocator.buffer(capacity: 256 + body.count)
        bytes.writeStaticString("HTTP/1.1 ")
        bytes.writeString(String(status.code))
        bytes.writeStaticString(" ")
        bytes.writeString(HTTPResponseStatus(statusCode: status.code).reasonPhrase)
        if let contentType {
            bytes.writeStaticString("\r\nContent-Type: ")
            bytes.writeString(contentType)
        }
        bytes.writeStaticString("\r\nContent-Length: ")
        bytes.writeString(String(body.count))
        bytes.writeStaticString("\r\nX-Request-Id: ")
        bytes.writeString(requestID)
        bytes.writeStaticString("\r\nDate: ")
        bytes.writeString(HTTPDate.now)
        bytes.writeStaticString("\r\nServer: tollgate\r\n")
        for field in fields { bytes.writeString("\(field.name.rawName): \(field.value)\r\n") }
        if closes { bytes.writeStaticString("Connection: close\r\n") }
        bytes.writeStaticString("\r\n")
        bytes.writeBytes(body)
        return bytes
    }
}
