import Events
import JSON
import Vendors

/// Polar's error responses.
enum PolarFacadeErrors {
    static let notFoundEvent = answer(404, [("error", "ResourceNotFound"), ("detail", "Not found")])
    static let unreadableBody = answer(400, [("detail", "There was an error parsing the body")])
    static let lengthRequired = answer(
        411,
        [("error", "LengthRequired"), ("detail", "A Content-Length header is required.")]
    )

    /// 405, with the allowed methods.
    static func wrongMethod(allowed: String) -> DialectAnswer {
        answer(405, [("detail", "Method Not Allowed")], headers: ["Allow": allowed])
    }

    /// A 422: a list of what is wrong, each entry with its type, location, message and what was sent.
    /// - Parameters:
    ///   - count: how many errors there are, where not all of them are in the list.
    ///   - error: `RequestValidationError` of the request's model, `PolarRequestValidationError` of the service behind it.
    static func invalid(
        _ errors: [PolarValidationError],
        count: Int? = nil,
        error: String = "RequestValidationError"
    ) -> DialectAnswer {
        let listed = errors.prefix(EventFault.mostListed)
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.member("error", string: error)
        writer.key("detail")
        writer.beginArray()
        for error in listed { write(error, to: &writer) }
        let omitted = (count ?? errors.count) - listed.count
        if omitted > 0 { writeOmitted(omitted, to: &writer) }
        writer.endArray()
        writer.endObject()
        return DialectAnswer(status: 422, body: writer.bytes)
    }

    /// Polar repeats what was sent at each error, however large it is; a request of many errors would be answered with gigabytes.
    private static let longestInput = 4 << 10

    private static func write(_ error: PolarValidationError, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", string: error.type)
        writer.key("loc")
        writer.beginArray()
        for step in error.location {
            switch step {
            case .name(let name): writer.string(Excerpt.of(name, longest: 300))
            case .index(let index): writer.integer(index)
            }
        }
        writer.endArray()
        writer.member("msg", string: error.message)
        if error.input.count <= longestInput {
            writer.member("input", raw: error.input)
        } else {
            writer.member("input", string: Excerpt.of(String(decoding: error.input.prefix(1000), as: UTF8.self)))
        }
        if let context = error.context { writer.member("ctx", raw: Array(context.utf8)) }
        writer.endObject()
    }

    /// Says how many errors are not listed, as one more error.
    private static func writeOmitted(_ count: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", string: "too_many_errors")
        writer.key("loc")
        writer.beginArray()
        writer.string("body")
        writer.endArray()
        writer.member("msg", string: "and \(count) more errors, which are not listed")
        writer.endObject()
    }

    /// The gateway's own refusals.
    static func answer(to refusal: DialectRefusal) -> DialectAnswer {
        switch refusal {
        case .unauthorized:
            let description =
                "The access token provided is expired, revoked, malformed, or invalid for other reasons."
            return challenge(401, "invalid_token", description)
        case .forbidden(let scope):
            let description = "The request requires higher privileges than provided by the access token."
            return challenge(403, "insufficient_scope", description, scope: scope)
        case .tooLarge(let limit):
            let detail = "Request body exceeded the maximum allowed size of \(limit) bytes."
            return answer(413, [("error", "RequestBodyTooLarge"), ("detail", detail)])
        case .undecodable:
            return unreadableBody
        case .rateLimited(_, let seconds):
            // Nothing but the header, whose value the SDK reads as a whole number.
            return DialectAnswer(status: 429, contentType: nil, headers: ["Retry-After": "\(seconds)"], body: [])
        case .unavailable(let seconds):
            let members = [("error", "ServiceUnavailable"), ("detail", "Nothing was stored. Try again later.")]
            return answer(503, members, headers: ["Retry-After": "\(seconds)"])
        case .readTooLarge(let advice):
            // Its SDKs read a list of faults of fields at 422.
            return answer(400, [("error", "ReadTooLarge"), ("detail", advice)])
        case .failed:
            return answer(500, [("error", "InternalServerError"), ("detail", "Nothing was acknowledged.")])
        case .wrongMethod(let allowed):
            return wrongMethod(allowed: allowed)
        case .unserved(let advice):
            return answer(501, [("error", "NotImplemented"), ("detail", advice)])
        case .notPassed(let refusal):
            let error = refusal.phrase.filter { $0 != " " }
            return answer(refusal.status, [("error", error), ("detail", refusal.reason)], headers: refusal.headers)
        }
    }

    /// A refusal with a `WWW-Authenticate` challenge (RFC 6750).
    private static func challenge(_ status: Int, _ error: String, _ description: String, scope: String? = nil)
        -> DialectAnswer
    {
        var challenge = #"Bearer realm="polar", error="\#(error)", error_description="\#(description)""#
        if let scope { challenge += #", scope="\#(scope)""# }
        return answer(
            status,
            [("error", error), ("error_description", description)],
            headers: ["WWW-Authenticate": challenge]
        )
    }

    /// An error response with these members.
    private static func answer(_ status: Int, _ members: [(String, String)], headers: [String: String] = [:])
        -> DialectAnswer
    {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        for (name, text) in members { writer.member(name, string: text) }
        writer.endObject()
        return DialectAnswer(status: status, headers: headers, body: writer.bytes)
    }
}
