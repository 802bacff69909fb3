import Events
import JSON

/// A vendor's response to events, and what its status means at any vendor, where the vendor's own message does not say more.
struct StatusTable {
    /// The vendor's name, for messages.
    let vendor: String
    let answer: VendorAnswer
    /// How many events the request carried.
    let events: Int
    /// The root of the body; nil if it is not JSON.
    let root: JSONValue?
    /// The vendor's message of a failure, truncated and redacted.
    let message: String?

    /// - Parameter message: picks the vendor's message from the root of a body; nil where the whole body is quoted.
    init(vendor: String, answer: VendorAnswer, events: Int, message: (JSONValue) -> String?) {
        self.vendor = vendor
        self.answer = answer
        self.events = events
        root = JSONDocument(ifValid: answer.body)?.root
        // Of a success, results may repeat the events.
        guard answer.status >= 300 else {
            self.message = nil
            return
        }
        let picked = root.flatMap(message)
        self.message = picked.map(VendorMessage.quoted) ?? VendorMessage.quoted(body: answer.body)
    }

    /// The verdict by the status alone. It never means success, which requires a body that is understood.
    var verdict: Verdict {
        switch answer.status {
        case 200..<300: .all(.ambiguous(notUnderstood))
        case 300..<400: .all(.park(redirect))
        case 401: .all(.park(fault(.unauthorized, "does not accept the credential; check the provider's credential")))
        case 402:
            .all(.park(fault(.forbidden, "requires the account's payment to be settled before it accepts events")))
        case 403:
            .all(.park(fault(.forbidden, "does not allow this credential to write events; check its permissions")))
        case 404, 405, 410, 421: .all(.park(fault(.notFound, "has no such address; check the provider's base_url")))
        case 406, 407, 411, 415, 426, 451:
            .all(.park(fault(.unsupported, "or a proxy in front of it does not accept requests of this kind")))
        case 408: .all(.ambiguous(fault(.timeout, "timed out waiting for the request; it may have the events")))
        case 413: refused(fault(.payloadTooLarge, "reports that the request is too large"))
        case 429:
            .all(
                .retry(fault(.rateLimited, "reports that its rate limit is exceeded"), after: retryAfter ?? limitReset)
            )
        case 409: refused(fault(.duplicateConflict, "reports a conflict"))
        case 400..<500: refused(fault(.invalidEvent, "refuses the request"))
        case 500: .all(.ambiguous(fault(.vendorError, "failed internally; it may have the events"), after: retryAfter))
        case 501..<600:
            .all(
                .ambiguous(
                    fault(.vendorUnavailable, "or a proxy in front of it is unavailable; it may have the events"),
                    after: retryAfter
                )
            )
        default: .all(.ambiguous(notUnderstood))
        }
    }

    /// The response is not one that the vendor is known to send.
    var notUnderstood: DeliveryFault {
        fault(.vendorError, "sent an unrecognized response; it may have the events")
    }

    /// Refused because of one event's content; a single event is thereby named.
    func refused(_ fault: DeliveryFault) -> Verdict {
        events == 1 ? .all(.reject(fault)) : .unnamed(fault)
    }

    /// A fault whose message reads `VENDOR (STATUS) what`.
    func fault(_ code: DeliveryErrorCode, _ what: String, quoting own: String? = nil) -> DeliveryFault {
        DeliveryFault(code: code, message: "\(vendor) (\(answer.status)) \(what)", vendor: own ?? message)
    }

    /// When the vendor asks to retry, by `Retry-After`.
    var retryAfter: RetryAfter? { answer.retryAfter }

    /// When the vendor's rate limit resets.
    var limitReset: RetryAfter? { answer.rateLimitReset }

    private var redirect: DeliveryFault {
        // The query may hold a credential that the redirecting side copied.
        let target = answer.header("location").map { "Location: " + $0.prefix { $0 != "?" && $0 != "#" } }
        return fault(
            .notFound,
            "redirects requests to another address, which is not followed; set the provider's base_url to it",
            quoting: target.flatMap { VendorMessage.quoted($0) }
        )
    }
}
