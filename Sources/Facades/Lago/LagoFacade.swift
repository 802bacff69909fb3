import Events
import JSON

/// Lago's events API, served by the gateway.
///
/// Stricter than Lago where Lago takes an event and never bills it: one without a subscription, and one whose timestamp is
/// milliseconds. An event sent again is a success, as on Lago's ClickHouse store, if it says the same, and `value_already_exist`, as
/// on PostgreSQL, if it does not.
struct LagoFacade: Dialect {
    static let name: AdapterName = "lago"
    static let contentType = "application/json; charset=utf-8"

    let adapter = LagoFacade.name
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
        return .catching { () throws(EarlyAnswer) in
            switch (request.method, parts.first, parts.dropFirst().first) {
            case ("POST", "events"?, nil): try LagoFacadeWrites.create(request)
            case ("POST", "events"?, "batch"?) where parts.count == 2: try LagoFacadeWrites.createBatch(request)
            case ("POST", "events"?, let name?) where parts.count == 2: try LagoEstimates.call(String(name), request)
            case ("GET", "events"?, nil): try LagoFacadeReads.list(request)
            // The SDK sends a slash in an id as it is, and what follows is the rest of the id.
            case ("GET", "events"?, _?): LagoFacadeReads.find(parts.dropFirst().joined(separator: "/"))
            case ("GET", "events_enriched"?, nil):
                .answer(LagoFacadeErrors.failure(403, "Forbidden", code: "endpoint_not_available"))
            default: .unserved
            }
        }
    }

    func answer(to refusal: DialectRefusal) -> DialectAnswer { LagoFacadeErrors.answer(to: refusal) }

    /// Lago's CORS middleware answers a browser's preflight with 200 whatever the origin, and allows it only to its own front end.
    func answer(toOptions request: DialectRequest) -> DialectAnswer? {
        guard request.header("Origin") != nil, request.header("Access-Control-Request-Method") != nil else {
            return nil
        }
        return DialectAnswer(status: 200, contentType: nil, body: [])
    }
}
