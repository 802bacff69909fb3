import Events
import JSON

/// What is wrong with a field of a request, in Lago's codes.
struct LagoFault: Equatable {
    let field: String
    let code: String
}

/// Lago's error responses, as its Rails application words them: always JSON, because its SDKs make a 500 of anything else.
enum LagoFacadeErrors {
    /// `{"status": 404, "error": "Not Found", "code": "event_not_found"}`.
    static func failure(_ status: Int, _ error: String, code: String? = nil, headers: [String: String] = [:])
        -> DialectAnswer
    {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("status", integer: status)
        writer.member("error", string: error)
        if let code { writer.member("code", string: code) }
        writer.endObject()
        return DialectAnswer(status: status, contentType: LagoFacade.contentType, headers: headers, body: writer.bytes)
    }

    /// 404 with Lago's code, such as `event_not_found`.
    static func notFound(_ code: String) -> DialectAnswer { failure(404, "Not Found", code: code) }

    static let badRequest = failure(400, "Bad Request")

    /// The body has no such root, or it is empty.
    static func missingRoot(_ name: String) -> DialectAnswer {
        failure(400, "BadRequest: param is missing or the value is empty or invalid: \(name)")
    }

    /// A 422 whose details are keyed by the field.
    static func refused(_ faults: [LagoFault]) -> DialectAnswer {
        refused { write(faults, to: &$0) }
    }

    /// A 422 of a batch: details keyed by the event's index, then by the field.
    static func refused(byIndex faults: [(index: Int, faults: [LagoFault])]) -> DialectAnswer {
        refused { writer in
            writer.beginObject()
            for (index, faults) in faults {
                writer.key(String(index))
                write(faults, to: &writer)
            }
            writer.endObject()
        }
    }

    /// The gateway's own refusals.
    static func answer(to refusal: DialectRefusal) -> DialectAnswer {
        switch refusal {
        case .unauthorized:
            return failure(401, "Unauthorized")
        case .forbidden(let scope):
            let action = scope.hasSuffix("read") ? "read" : "write"
            return failure(403, "Forbidden", code: "\(action)_action_not_allowed_for_event")
        case .tooLarge:
            return failure(413, "Content Too Large")
        case .undecodable:
            return badRequest
        case .rateLimited(let limit, let seconds):
            // The SDK waits for the seconds of the reset, and shows the other two.
            let headers = [
                "X-RateLimit-Limit": "\(limit)", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "\(seconds)",
                "Retry-After": "\(seconds)",
            ]
            return failure(429, "Too Many Requests", headers: headers)
        case .unavailable(let seconds):
            return failure(503, "Service Unavailable", headers: ["Retry-After": "\(seconds)"])
        case .readTooLarge(let advice):
            return failure(422, "Unprocessable Entity: \(advice)", code: "read_too_large")
        case .failed:
            return failure(500, "Internal Server Error")
        case .wrongMethod(let allowed):
            return failure(405, "Method Not Allowed", headers: ["Allow": allowed])
        case .unserved(let advice):
            return failure(501, "Not Implemented: \(advice)", code: "not_served_by_this_gateway")
        case .notPassed(let refusal):
            return failure(
                refusal.status,
                "\(refusal.phrase): \(refusal.reason)",
                code: refusal.code,
                headers: refusal.headers
            )
        }
    }

    /// 422 with `error_details`, whose form differs between one event and several.
    private static func refused(details: (inout JSONWriter) -> Void) -> DialectAnswer {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.member("status", integer: 422)
        writer.member("error", string: "Unprocessable Entity")
        writer.member("code", string: "validation_errors")
        writer.key("error_details")
        details(&writer)
        writer.endObject()
        return DialectAnswer(status: 422, contentType: LagoFacade.contentType, body: writer.bytes)
    }

    /// A list of codes for each field, the fields in the order of their first fault.
    private static func write(_ faults: [LagoFault], to writer: inout JSONWriter) {
        writer.beginObject()
        var written: Set<String> = []
        for field in faults.map(\.field) where written.insert(field).inserted {
            writer.key(field)
            writer.beginArray()
            for fault in faults where fault.field == field { writer.string(fault.code) }
            writer.endArray()
        }
        writer.endObject()
    }
}
