import NIOCore

/// The bytes of a request, made once; only ids and customers change from one request to the next.
///
/// All numbers have a fixed width, so that the length never changes and a request costs the load next to nothing: what the load
/// spends on a shared machine is missing from the server that is measured.
struct RequestTemplate: Sendable {
    /// A whole request; its ids are not filled in.
    let bytes: ByteBuffer
    /// Bytes of an event in the body.
    let eventBytes: Int
    private let bodyStart: Int
    private let idPlaces: [Int]
    private let customerPlaces: [Int]
    private static let firstID = 10_000_000_000
    private static let firstCustomer = 1000
    private static let customers = 1000

    /// - Parameter prefix: in front of every id, so that loads do not repeat one another's.
    init(batch: Int, prefix: String, key: String) {
        let parts = [
            #"{"id":"\#(prefix)-"#, #"","name":"api_request","customer_id":"customer-"#,
            #"","timestamp":"2024-03-20T15:04:05.123Z","source":"benchmark","properties":{"request_size":1024,"#
                + #""response_size":20480,"region":"eu-central-1","path":"/v1/things/42","status":200,"cached":false,"#
                + #""tokens":151.25,"model":"large-2024"}}"#,
        ]
        var body = ByteBuffer()
        var (ids, customers) = ([Int](), [Int]())
        if batch > 1 { body.writeString("[") }
        for index in 0..<batch {
            if index > 0 { body.writeString(",") }
            body.writeString(parts[0])
            ids.append(body.writerIndex)
            body.writeString("\(Self.firstID)" + parts[1])
            customers.append(body.writerIndex)
            body.writeString("\(Self.firstCustomer)" + parts[2])
        }
        if batch > 1 { body.writeString("]") }
        var whole = ByteBuffer(
            string: "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.readableBytes)\r\nAuthorization: Bearer \(key)\r\n\r\n"
        )
        let start = whole.writerIndex
        eventBytes = body.readableBytes / batch
        whole.writeBuffer(&body)
        bytes = whole
        bodyStart = start
        idPlaces = ids.map { $0 + start }
        customerPlaces = customers.map { $0 + start }
    }

    /// The body alone.
    var body: [UInt8] { Array(bytes.readableBytesView.dropFirst(bodyStart)) }

    /// Numbers a request's events from `first` on.
    func fill(_ request: inout ByteBuffer, from first: Int) {
        for (index, place) in idPlaces.enumerated() {
            request.setString(String(Self.firstID + first + index), at: place)
        }
        for (index, place) in customerPlaces.enumerated() {
            request.setString(String(Self.firstCustomer + (first + index) % Self.customers), at: place)
        }
    }
}
