import Events
import JSON

/// Knetik's error responses: `{"code": 400, "errors": ["category may not be null"]}`.
enum KnetikFacadeErrors {
    /// An error response: the status again as `code`, and the messages.
    static func failure(_ status: Int, _ errors: [String], headers: [String: String] = [:]) -> DialectAnswer {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("code", integer: status)
        write(errors, to: &writer)
        writer.endObject()
        return DialectAnswer(status: status, headers: headers, body: writer.bytes)
    }

    static func write(_ errors: [String], to writer: inout JSONWriter) {
        writer.key("errors")
        writer.beginArray()
        for error in errors { writer.string(error) }
        writer.endArray()
    }

    /// The gateway's own refusals.
    static func answer(to refusal: DialectRefusal) -> DialectAnswer {
        switch refusal {
        case .unauthorized:
            failure(401, ["customer not authorized for this service"])
        case .forbidden(let scope):
            failure(401, ["customer not authorized for this service: its key lacks the scope \(scope)"])
        case .tooLarge(let limit):
            failure(413, ["the body is larger than \(limit) bytes"])
        case .undecodable:
            failure(400, ["the body cannot be decompressed"])
        case .rateLimited(_, let seconds):
            failure(429, ["too many requests"], headers: ["Retry-After": "\(seconds)"])
        case .unavailable(let seconds):
            failure(503, ["nothing was recorded; try again later"], headers: ["Retry-After": "\(seconds)"])
        case .readTooLarge(let advice):
            failure(400, [advice])
        case .failed:
            failure(500, ["an unexpected error occurred"])
        case .wrongMethod(let allowed):
            failure(405, ["only \(allowed) is taken here"], headers: ["Allow": allowed])
        case .unserved(let advice):
            failure(501, [advice])
        case .notPassed(let refusal):
            failure(refusal.status, [refusal.reason], headers: refusal.headers)
        }
    }
}
