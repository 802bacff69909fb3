import Events
import JSON

/// What Lago's answers mean (app/services/events and app/controllers/concerns/api_errors.rb, 2026-08).
enum LagoAnswers {
    static func verdict(of answer: VendorAnswer, count: Int) -> Verdict {
        switch answer.status {
        case 200 where isAcceptance(answer, count: count):
            .all(.delivered(deduplicated: false))
        case 200..<300:
            .all(.ambiguous(fault(.vendorError, "an answer \(answer.status) that does not hold the events", answer)))
        case 422:
            refused(answer, count: count)
        case 400:
            .unnamed(fault(.invalidEvent, "Lago could not read the request", answer))
        case 401:
            .all(.park(fault(.unauthorized, "Lago does not accept the API key", answer)))
        case 403:
            .all(.park(fault(.forbidden, "the API key may not write events", answer)))
        case 300..<400, 404, 405:
            .all(.park(fault(.notFound, "nothing takes events at this address; base_url is without /api/v1", answer)))
        case 413:
            .unnamed(fault(.payloadTooLarge, "the request is too large for Lago", answer))
        case 429:
            .all(.retry(fault(.rateLimited, "Lago asks for fewer requests", answer), after: pause(answer)))
        case 502, 503, 504:
            .all(.ambiguous(fault(.vendorUnavailable, "Lago is not available (\(answer.status))", answer)))
        default:
            // 500 too: on PostgreSQL the row is committed before the hand-over that may fail.
            .all(.ambiguous(fault(.vendorError, "Lago failed with \(answer.status)", answer)))
        }
    }

    private static func isAcceptance(_ answer: VendorAnswer, count: Int) -> Bool {
        guard let root = answer.json?.root else { return false }
        if count == 1, root["event"]?.kind == .object { return true }
        return root["events"]?.kind == .array
    }

    /// `X-RateLimit-Reset` is seconds to wait, not a date.
    private static func pause(_ answer: VendorAnswer) -> RetryAfter? {
        answer.header("x-ratelimit-reset").flatMap { RetryAfter(field: $0) } ?? answer.retryAfter
    }

    private static func refused(_ answer: VendorAnswer, count: Int) -> Verdict {
        guard let details = answer.json?.root["error_details"] else {
            return .unnamed(fault(.invalidEvent, "Lago refused the request", answer))
        }
        if let events = details["events"], events.elements.contains(where: { $0.string == "too_many_events" }) {
            return .unnamed(fault(.payloadTooLarge, "the batch has more events than this Lago takes; set the provider's batch", answer))
        }
        if count == 1, !isKeyedByIndex(details, count: count) { return .all(outcome(details)) }
        return named(details, answer, count: count)
    }

    private static func isKeyedByIndex(_ details: JSONValue, count: Int) -> Bool {
        guard let member = details.members.first(where: { _ in true }) else { return false }
        return Int(member.name).map { $0 < count } ?? false
    }

    /// The batch is refused whole: the named events are at fault or known already, the others were not stored and go again at once.
    private static func named(_ details: JSONValue, _ answer: VendorAnswer, count: Int) -> Verdict {
        var outcomes = [Outcome](repeating: .resend, count: count)
        var isAnyNamed = false
        for member in details.members {
            guard let index = Int(member.name), outcomes.indices.contains(index) else {
                return .unnamed(fault(.invalidEvent, "Lago refused the request", answer))
            }
            outcomes[index] = outcome(member.value)
            isAnyNamed = true
        }
        return isAnyNamed ? .each(outcomes) : .unnamed(fault(.invalidEvent, "Lago refused the request", answer))
    }

    /// What the details of one event say: fields with lists of codes, or a text for a metric expression that failed.
    private static func outcome(_ details: JSONValue) -> Outcome {
        if let text = details.string {
            return .reject(DeliveryFault(code: .invalidEvent, message: "a metric's expression failed", vendor: VendorWords.cut([text])))
        }
        let codes = details.members.flatMap { member in member.value.elements.compactMap(\.string).map { (member.name, $0) } }
        if codes.count == 1, codes[0] == ("transaction_id", "value_already_exist") { return .delivered(deduplicated: true) }
        let words = VendorWords.cut(codes.map { "\($0.0): \($0.1)" })
        return .reject(DeliveryFault(code: .invalidEvent, message: "Lago refused the event", vendor: words))
    }

    private static func fault(_ code: DeliveryErrorCode, _ message: String, _ answer: VendorAnswer) -> DeliveryFault {
        DeliveryFault(code: code, message: message, vendor: VendorWords.reasons(in: answer, members: ["error", "code"]))
    }
}
