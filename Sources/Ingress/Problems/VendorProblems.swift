import DeliveryEngine
import Events
import HTTPTypes
import VendorReads

/// Problems of questions to vendors.
extension Problem {
    /// The vendor failed, could not be reached, or refused the request.
    static func vendor(_ fault: DeliveryFault) -> Problem {
        let status: HTTPResponse.Status =
            switch fault.code {
            case .invalidEvent, .unknownCustomer, .unknownName, .untranslatable, .duplicateConflict, .payloadTooLarge:
                .unprocessableContent
            case .unsupported: .notImplemented
            case .timeout: .gatewayTimeout
            case .rateLimited, .timestampInFuture, .backfillCancelled, .foundAtVendor, .otherAtVendor, .absentAtVendor:
                .serviceUnavailable
            case .unauthorized, .forbidden, .notFound, .vendorUnavailable, .vendorError, .connectionFailed: .badGateway
            }
        var problem = Problem(
            status: status,
            kind: fault.code.rawValue.replacing("_", with: "-"),
            title: status == .unprocessableContent
                ? "The vendor rejected the event" : "The vendor did not respond as expected",
            detail: fault.message
        )
        problem.vendorError = fault
        if fault.code == .rateLimited { problem.headers[.retryAfter] = "60" }
        return problem
    }

    init(_ refusal: ReadError) {
        let (kind, title, seconds) =
            switch refusal {
            case .tooMany: ("too-many-reads", "Too many reads of this provider", "1")
            case .rateLimited: ("rate-limited", "The vendor's rate limit is exhausted", "10")
            }
        self.init(
            status: .serviceUnavailable,
            kind: kind,
            title: title,
            detail: refusal.message,
            headers: [.retryAfter: seconds]
        )
    }

    /// No vendor, or not this one, supports it.
    static func unsupported(_ detail: String) -> Problem {
        Problem(status: .notImplemented, kind: "unsupported", title: "The vendor cannot do this", detail: detail)
    }

    /// 404.
    /// - Parameter known: the providers that the client may see, for the one that was probably meant.
    static func unknownProvider(_ name: ProviderName, known: [String]) -> Problem {
        noProvider(name, known: known, in: "the routes of this client name")
    }

    /// An operator chooses among all providers, not only those of the client's routes.
    static func unconfiguredProvider(_ name: ProviderName, known: [String]) -> Problem {
        noProvider(name, known: known, in: "routes.json has")
    }

    /// - Parameter place: what has no such provider, as the beginning of a sentence.
    private static func noProvider(_ name: ProviderName, known: [String], in place: String) -> Problem {
        let hint = Suggestion.closest(to: name.rawValue, among: known).map { " (did you mean \"\($0)\"?)" } ?? ""
        return Problem(
            status: .notFound,
            kind: "unknown-provider",
            title: "No such provider",
            detail: "\(place) no provider \"\(Excerpt.of(name.rawValue))\"\(hint)"
        )
    }

    /// 403: the vendor's account has events of other tenants, which a read would show.
    static func sharedProvider(_ name: ProviderName) -> Problem {
        Problem(
            status: .forbidden,
            kind: "shared-provider",
            title: "The provider account is used by other tenants",
            detail: "only a client with the scope \"admin\" may read from \"\(name)\", because other tenants use its "
                + "account"
        )
    }

    /// - Parameter reason: why the vendor may have it without showing it.
    static func unknownEvent(_ id: String, at provider: ProviderName, because reason: String?) -> Problem {
        Problem(
            status: .notFound,
            kind: "unknown-event",
            title: "No such event",
            detail: "\"\(provider)\" has no event with the id \"\(Excerpt.of(id, longest: 300))\"; "
                + (reason ?? "vendors may show events with a delay")
        )
    }
}
