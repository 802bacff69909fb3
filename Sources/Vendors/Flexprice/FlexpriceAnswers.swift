import Events
import JSON

/// What Flexprice's answers mean (internal/errors/dto.go and internal/rest/middleware, 2026-08).
enum FlexpriceAnswers {
    static func verdict(of answer: VendorAnswer, count: Int) -> Verdict {
        switch answer.status {
        case 202 where isAcceptance(answer):
            .all(.delivered(deduplicated: false))
        case 200..<300:
            .all(.ambiguous(fault(.vendorError, "an answer \(answer.status) that is not Flexprice's acceptance", answer)))
        case 400 where isTooLarge(answer), 413:
            .unnamed(fault(.payloadTooLarge, "the request is too large for Flexprice", answer))
        case 400, 422:
            // A refused bulk names nobody, and the events before the bad one are in already: the same ids and timestamps again do no
            // harm.
            .unnamed(fault(.invalidEvent, "Flexprice refused the event", answer))
        case 401:
            // Any failure of its key look-up, an outage too, answers 401: never a reason to drop.
            .all(.park(fault(.unauthorized, "Flexprice does not accept the API key", answer)))
        case 403:
            .all(.park(fault(.forbidden, "Flexprice does not let this key send events", answer)))
        case 300..<400, 404, 405:
            .all(.park(fault(.notFound, "nothing takes events at this address; the base_url must end in /v1", answer)))
        case 429:
            .all(.retry(fault(.rateLimited, "Flexprice asks for fewer requests", answer), after: answer.retryAfter))
        case 500 where isBeforeTheHandler(answer):
            .all(.retry(fault(.vendorUnavailable, "Flexprice could not look at the request", answer), after: nil))
        case 502, 503, 504:
            .all(.ambiguous(fault(.vendorUnavailable, "Flexprice is not available (\(answer.status))", answer)))
        default:
            .all(.ambiguous(fault(.vendorError, "Flexprice failed with \(answer.status)", answer)))
        }
    }

    /// Both endpoints answer a JSON object with a message.
    private static func isAcceptance(_ answer: VendorAnswer) -> Bool {
        answer.json?.root["message"]?.string != nil
    }

    private static func isTooLarge(_ answer: VendorAnswer) -> Bool {
        answer.json?.root["message"]?.string?.hasPrefix("Request body exceeds") ?? false
    }

    /// Two faults of the middleware: the request did not get as far as the events.
    private static func isBeforeTheHandler(_ answer: VendorAnswer) -> Bool {
        guard let message = answer.json?.root["message"]?.string else { return false }
        return message == "Failed to resolve environment" || message == "failed to verify tenant access"
    }

    private static func fault(_ code: DeliveryErrorCode, _ message: String, _ answer: VendorAnswer) -> DeliveryFault {
        DeliveryFault(code: code, message: message, vendor: words(of: answer))
    }

    /// Flexprice has had three envelopes: flat `message`, `{"error": {"message"}}` before 2026-04, and `{"error": "..."}`.
    private static func words(of answer: VendorAnswer) -> String? {
        guard let root = answer.json?.root else { return nil }
        var texts = [root["message"], root["error"], root["error"]?["message"]].compactMap { $0?.string }
        if let details = root["details"] { texts += details.members.compactMap { $0.value.string } }
        return VendorWords.cut(texts)
    }
}
