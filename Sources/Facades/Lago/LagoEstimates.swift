import Events
import JSON
import Vendors

/// Estimates: only Lago knows its prices, so its own answer is passed through.
enum LagoEstimates {
    /// The calls, and the root of their bodies.
    private static let roots = [
        "estimate_fees": "event", "estimate_instant_fees": "event", "batch_estimate_instant_fees": "events",
    ]

    /// A question for Lago itself: the body is passed on unchanged, once it has the root that Lago requires.
    static func call(_ name: String, _ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        guard let rootName = roots[name] else { return .unserved }
        let root = try LagoRequestBody.root(rootName, of: request)
        guard let root, root.kind == .object || root.kind == .array, root.byteRange.count > 2 else {
            throw EarlyAnswer(LagoFacadeErrors.missingRoot(rootName))
        }
        let question = VendorRequest(path: "/api/v1/events/\(name)", body: request.body)
        return .ask(question, of: LagoFacade.name, about: names(root), respond: answer)
    }

    /// The names of an event, or of a list of them, as Lago reads them.
    private static func names(_ root: JSONValue) -> [String] {
        let events = root.kind == .array ? Array(root.elements) : [root]
        return events.compactMap { event in
            LastMemberWins.value("code", of: event).flatMap { $0.string ?? $0.numberText }
        }
    }

    /// Lago's response, or why Lago could not be asked.
    private static func answer(to result: DialectQuestionResult) -> DialectAnswer {
        switch result {
        case .answered(let answer): return passed(answer)
        case .noProvider: return LagoFacadeErrors.failure(501, "Not Implemented", code: "no_lago_provider_in_routes")
        case .forbidden: return LagoFacadeErrors.failure(403, "Forbidden", code: "not_allowed_for_this_api_key")
        case .failed(let fault):
            let isLate = fault.code == .timeout
            return LagoFacadeErrors.failure(
                isLate ? 504 : 502,
                isLate ? "Gateway Timeout" : "Bad Gateway",
                code: fault.code.rawValue
            )
        }
    }

    /// Lago's response; a refused credential is the operator's problem and becomes 502.
    private static func passed(_ answer: VendorAnswer) -> DialectAnswer {
        switch answer.status {
        // Lago refused the gateway's own credential; the client's is good.
        case 401, 403: return LagoFacadeErrors.failure(502, "Bad Gateway", code: "unauthorized")
        case 200..<300, 400..<600: break
        default: return LagoFacadeErrors.failure(502, "Bad Gateway", code: "vendor_error")
        }
        guard JSONDocument(ifValid: answer.body) != nil else {
            // A page of a proxy would hide the status: the SDK makes a 500 of it.
            let status = answer.status < 300 ? 502 : answer.status
            return LagoFacadeErrors.failure(status, "Bad Gateway", code: "vendor_error")
        }
        let names = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"]
        let headers = names.compactMap { name in answer.header(name).map { (name, $0) } }
        return DialectAnswer(
            status: answer.status,
            contentType: LagoFacade.contentType,
            headers: Dictionary(uniqueKeysWithValues: headers),
            body: answer.body
        )
    }
}
