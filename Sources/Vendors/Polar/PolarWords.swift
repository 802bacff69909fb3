import Events
import JSON

/// Polar's answers that are no 422.
enum PolarWords {
    static let notFoundEvent = answer(404, [("error", "ResourceNotFound"), ("detail", "Not found")])
    static let unreadableBody = answer(400, [("detail", "There was an error parsing the body")])
    static let lengthRequired = answer(
        411,
        [("error", "LengthRequired"), ("detail", "A Content-Length header is required.")]
    )

    static func wrongMethod(allowed: String) -> DialectAnswer {
        answer(405, [("detail", "Method Not Allowed")], headers: ["Allow": allowed])
    }

    /// The answer to a browser that asks whether it may send a request with these header fields.
    static func preflight(_ asked: String) -> DialectAnswer {
        let allowed = ["Accept", "Accept-Language", "Authorization", "Content-Language", "Content-Type"]
        let names = Set(allowed.map { $0.lowercased() })
        let isAllowed = asked.lowercased().split(separator: ",").allSatisfy { name in
            names.contains(name.filter { $0 != " " && $0 != "\t" })
        }
        let headers = [
            "Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
            "Access-Control-Allow-Headers": allowed.joined(separator: ", "), "Access-Control-Max-Age": "600",
        ]
        return DialectAnswer(
            status: isAllowed ? 200 : 400,
            contentType: "text/plain; charset=utf-8",
            headers: headers,
            body: Array((isAllowed ? "OK" : "Disallowed CORS headers").utf8)
        )
    }

    /// The same address with a slash at its end or without.
    /// - Parameter location: relative to the address that was asked for.
    static func redirect(to location: String) -> DialectAnswer {
        DialectAnswer(status: 307, contentType: nil, headers: ["Location": location], body: [])
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
        case .failed:
            return answer(500, [("error", "InternalServerError"), ("detail", "Nothing was acknowledged.")])
        case .unserved(let advice):
            return answer(501, [("error", "NotImplemented"), ("detail", advice)])
        case .notPassed(let refusal):
            let error = refusal.phrase.filter { $0 != " " }
            return answer(refusal.status, [("error", error), ("detail", refusal.reason)], headers: refusal.headers)
        }
    }

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
