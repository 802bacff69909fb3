import Events
import JSON

/// What Knetik's answers mean. Only 202, 400 and 401 are documented; the rest is read as carefully as a vendor without
/// deduplication asks for.
enum KnetikAnswers {
    static func outcome(of answer: VendorAnswer) -> Outcome {
        switch answer.status {
        case 200..<300:
            .delivered(deduplicated: false)
        case 400, 415, 422:
            .reject(fault(.invalidEvent, "Knetik refused the event", answer))
        case 413:
            .reject(fault(.payloadTooLarge, "the event is too large for Knetik", answer))
        case 401:
            .park(fault(.unauthorized, "Knetik does not know the account id; check the provider's credential", answer))
        case 403:
            .park(fault(.forbidden, "Knetik does not let this account send events", answer))
        case 300..<400, 404, 405, 410:
            .park(fault(.notFound, "nothing takes events at this address; check the provider's base_url", answer))
        case 429:
            .retry(fault(.rateLimited, "Knetik asks for fewer requests", answer), after: answer.retryAfter)
        case 500...:
            .ambiguous(fault(.vendorError, "Knetik failed with \(answer.status); it may have recorded the event", answer))
        default:
            .ambiguous(fault(.vendorError, "Knetik answered \(answer.status), which says nothing certain", answer))
        }
    }

    private static func fault(_ code: DeliveryErrorCode, _ message: String, _ answer: VendorAnswer) -> DeliveryFault {
        DeliveryFault(code: code, message: message, vendor: words(of: answer))
    }

    /// The list of messages in the one error shape that Knetik's clients know: `{"code": 400, "errors": ["..."]}`.
    private static func words(of answer: VendorAnswer) -> String? {
        guard let errors = answer.json?.root["errors"] else { return nil }
        return VendorWords.cut(errors.elements.compactMap(\.string))
    }
}
