import Events
import JSON

/// Lago's events API, served by the gateway.
///
/// Stricter than Lago where Lago takes an event and never bills it: one without a subscription, and one whose timestamp is
/// milliseconds. An event sent again is a success, as on Lago's ClickHouse store, if it says the same, and `value_already_exist`, as
/// on PostgreSQL, if it does not.
struct LagoFacade: Dialect {
    let adapter = LagoAdapter.name
    // The SDK joins addresses by URL rules, so that a base without a slash at its end loses its last part.
    let prefixes = ["/lago/api/v1", "/api/v1"]
    let basePath = "/lago/"
    let bodyLimitBytes = 10 << 20

    /// Like Lago, takes the second word whatever the scheme.
    func presentedKey(in request: DialectRequest) -> String? {
        let words = request.header("Authorization")?.split(separator: " ") ?? []
        return words.count > 1 ? String(words[1]) : nil
    }

    func call(for request: DialectRequest) -> DialectCall {
        var parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        if parts.last?.isEmpty ?? false { parts.removeLast() }
        switch (request.method, parts.first, parts.dropFirst().first) {
        case ("POST", "events"?, nil): return LagoFacadeWrites.create(request)
        case ("POST", "events"?, "batch"?) where parts.count == 2: return LagoFacadeWrites.createBatch(request)
        case ("POST", "events"?, let name?) where parts.count == 2:
            return LagoFacadeEstimates.call(String(name), request)
        case ("GET", "events"?, nil): return LagoFacadeReads.list(request)
        // The SDK sends a slash in an id as it is, and what follows is the rest of the id.
        case ("GET", "events"?, _?): return LagoFacadeReads.find(parts.dropFirst().joined(separator: "/"))
        case ("GET", "events_enriched"?, nil):
            return .answer(LagoWords.failure(403, "Forbidden", code: "endpoint_not_available"))
        default: return .unserved
        }
    }

    func answer(to refusal: DialectRefusal) -> DialectAnswer {
        switch refusal {
        case .unauthorized:
            return LagoWords.failure(401, "Unauthorized")
        case .forbidden(let scope):
            let action = scope.hasSuffix("read") ? "read" : "write"
            return LagoWords.failure(403, "Forbidden", code: "\(action)_action_not_allowed_for_event")
        case .tooLarge:
            return LagoWords.failure(413, "Content Too Large")
        case .undecodable:
            return LagoWords.badRequest
        case .rateLimited(let limit, let seconds):
            // The SDK waits for the seconds of the reset, and shows the other two.
            let headers = [
                "X-RateLimit-Limit": "\(limit)", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "\(seconds)",
                "Retry-After": "\(seconds)",
            ]
            return LagoWords.failure(429, "Too Many Requests", headers: headers)
        case .unavailable(let seconds):
            return LagoWords.failure(503, "Service Unavailable", headers: ["Retry-After": "\(seconds)"])
        case .failed:
            return LagoWords.failure(500, "Internal Server Error")
        case .unserved(let advice):
            return LagoWords.failure(501, "Not Implemented: \(advice)", code: "not_served_by_this_gateway")
        case .notPassed(let refusal):
            return LagoWords.failure(
                refusal.status,
                "\(refusal.phrase): \(refusal.reason)",
                code: refusal.code,
                headers: refusal.headers
            )
        }
    }

    /// Lago's CORS middleware answers a browser's preflight with 200 whatever the origin, and allows it only to its own front end.
    func answer(toOptions request: DialectRequest) -> DialectAnswer? {
        guard request.header("Origin") != nil, request.header("Access-Control-Request-Method") != nil else {
            return nil
        }
        return DialectAnswer(status: 200, contentType: nil, body: [])
    }
}
