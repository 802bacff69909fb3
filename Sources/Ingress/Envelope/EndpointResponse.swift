import Events
import HTTPTypes
import Hummingbird
import NIOCore

/// The response of an endpoint or a facade.
struct EndpointResponse: Sendable {
    /// How the body is sent.
    enum Body: Sendable {
        case bytes([UInt8])
        /// Written piece by piece, as fast as the client reads.
        case streamed(ResponseBody)
    }

    let status: HTTPResponse.Status
    /// Nil for a response without `Content-Type`.
    let contentType: String?
    /// Further fields of the head.
    var fields: [HTTPField] = []
    let body: Body
    /// Number of accepted events, for the log.
    var accepted = 0
    /// IDs of the first of them, for the log.
    var ids: [EventID] = []
    /// Set by the envelope.
    var requestID = ""

    /// A response with a JSON body.
    static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> EndpointResponse {
        EndpointResponse(status: status, contentType: "application/json", body: .bytes(body))
    }
}

extension Response {
    /// - Parameter isHead: whether the request's method is HEAD, so that the body is not sent.
    init(_ response: EndpointResponse, isHead: Bool) {
        var headers: HTTPFields = [:]
        for field in response.fields { headers.append(field) }
        if let type = response.contentType { headers[.contentType] = type }
        headers[.requestID] = response.requestID
        let body: ResponseBody
        switch response.body {
        case .bytes(let bytes): body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .streamed(let stream): body = stream
        }
        if let length = body.contentLength { headers[.contentLength] = "\(length)" }
        self.init(status: response.status, headers: headers, body: isHead ? ResponseBody() : body)
    }
}
