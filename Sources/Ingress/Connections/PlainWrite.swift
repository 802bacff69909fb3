import NIOCore
import NIOHTTP1

/// The head of a write of events in its plainest form: `POST /v1/events`, a body of known and moderate length, no encoding and nothing to
/// negotiate. Most writes are like this; all others take the general path.
struct PlainWrite: Sendable {
    private(set) var authorization: String?
    private(set) var apiKey: String?
    private(set) var contentType: String?
    private(set) var requestID: String?
    private(set) var traceParent: String?
    /// Of the body, in bytes.
    let length: Int
    /// Whether the client wants the connection closed after the response.
    private(set) var isLast = false
    /// Whether the client waits for 100 (Continue) before it sends the body.
    private(set) var expectsContinue = false

    /// A longer body is read as a stream.
    private static let longestBody = 4 << 20

    /// Nil if the request is of another kind, or asks for more.
    /// - Parameter limit: maximum size of a body.
    init?(_ head: HTTPRequestHead, limitBytes limit: Int) {
        guard head.method == .POST, head.version == .http1_1, head.uri == "/v1/events" else { return nil }
        var fields = head.headers.lazy.map { (name: $0.name.utf8, value: $0.value.utf8) }.makeIterator()
        self.init(&fields, limitBytes: limit)
    }

    /// - Parameter fields: of the head of a `POST /v1/events`.
    private init?<Bytes: BidirectionalCollection<UInt8>>(
        _ fields: inout some IteratorProtocol<(name: Bytes, value: Bytes)>,
        limitBytes limit: Int
    ) {
        var length: Int?
        var hosts = 0
        while let (name, value) = fields.next() {
            var text: String { String(decoding: value, as: UTF8.self) }
            switch name.count {
            case 14 where name.isField("content-length"):
                guard length == nil, value.allSatisfy({ (0x30...0x39).contains($0) }), let bytes = Int(text) else {
                    return nil
                }
                length = bytes
            case 4 where name.isField("host"):
                guard HostField.isValid(value) else { return nil }
                hosts += 1
            // Repeated fields are refused or joined on the general path.
            case 13 where name.isField("authorization"):
                guard authorization == nil else { return nil }
                authorization = text
            case 9 where name.isField("x-api-key"):
                guard apiKey == nil else { return nil }
                apiKey = text
            case 12 where name.isField("content-type"):
                guard contentType == nil else { return nil }
                contentType = text
            case 12 where name.isField("x-request-id"): requestID = text
            case 11 where name.isField("traceparent"): traceParent = text
            case 6 where name.isField("expect"):
                guard value.isField("100-continue") else { return nil }
                expectsContinue = true
            case 10 where name.isField("connection"):
                guard value.isField("close") || value.isField("keep-alive") else { return nil }
                isLast = isLast || value.isField("close")
            case 16 where name.isField("content-encoding"), 17 where name.isField("transfer-encoding"),
                6 where name.isField("prefer"), 7 where name.isField("upgrade"),
                14 where name.isField("ce-specversion"):
                return nil
            default: break
            }
        }
        guard hosts == 1, let length, (0...min(limit, Self.longestBody)).contains(length) else { return nil }
        self.length = length
    }
}

extension PlainWrite {
    private static let firstLine = "POST /v1/events HTTP/1.1\r\n"
    /// A longer head may exceed the decoder's limits.
    private static let longestHead = 8 << 10

    /// The head and the body of a write that these bytes contain completely and exclusively; nil if they are anything else.
    /// - Parameter limit: maximum size of a body.
    static func whole(_ bytes: ByteBuffer, limitBytes limit: Int) -> (head: PlainWrite, body: [UInt8])? {
        bytes.withUnsafeReadableBytes { bytes in
            guard bytes.starts(with: firstLine.utf8) else { return nil }
            var fields = PlainFields(bytes[firstLine.utf8.count...])
            guard let head = PlainWrite(&fields, limitBytes: limit), let body = fields.body, body.count == head.length,
                body.startIndex <= longestHead
            else { return nil }
            return (head, Array(body))
        }
    }
}

extension Collection<UInt8> {
    /// Whether this is the given name, which is in lower case; letter case is ignored.
    func isField(_ name: String) -> Bool {
        elementsEqual(name.utf8) { $0 == $1 || ((65...90).contains($0) && $0 + 32 == $1) }
    }
}
