import Foundation
import NIOCore
import NIOHTTP1

/// What requests of one kind have in common: their address, and the bytes of their first line and header fields.
struct RequestHead: Sendable {
    let origin: VendorOrigin
    let method: HTTPMethod
    /// From the request line on, without what differs between requests.
    private let bytes: [UInt8]

    /// - Throws: ``FaultyRequest`` if the address is invalid, or if a field has bytes that would end it early.
    init(method: String, address: String, fields: [(name: String, value: String)]) throws(FaultyRequest) {
        guard let parts = URLComponents(string: address), Self.isToken(method) else { throw FaultyRequest() }
        origin = try VendorOrigin(of: parts)
        self.method = HTTPMethod(rawValue: method)
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
        var text = "\(method) \(path)\(query) HTTP/1.1\r\nHost: \(origin.field)\r\n"
        for (name, value) in fields {
            guard Self.isToken(name), Self.isFieldValue(value) else { throw FaultyRequest() }
            text += "\(name): \(value)\r\n"
        }
        bytes = Array(text.utf8)
    }

    /// The bytes of one request: with its length, never chunked, because Polar refuses a request without `Content-Length` with 411.
    func request(carrying body: [UInt8], in trace: String?) -> ByteBuffer {
        var request = ByteBuffer()
        request.reserveCapacity(bytes.count + body.count + 128)
        request.writeBytes(bytes)
        if !body.isEmpty || !Self.bodiless.contains(method) {
            request.writeString("Content-Length: ")
            request.writeString(String(body.count))
            request.writeString("\r\n")
        }
        if let trace { request.writeString("traceparent: \(trace)\r\n") }
        request.writeString("\r\n")
        request.writeBytes(body)
        return request
    }

    private static let bodiless: [HTTPMethod] = [.GET, .HEAD, .DELETE]

    /// Whether the text is valid as a method or a field name (RFC 9110, 5.6.2).
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || marks.contains(byte)
            }
    }

    private static let marks = Set("!#$%&'*+-.^_`|~".utf8)

    /// Whether the text is valid as a field value: no control characters, with which a credential could add fields of its own.
    static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == UInt8(ascii: "\t") || $0 >= 0x20 && $0 != 0x7F }
    }
}
