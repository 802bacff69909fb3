import Access
import DeliveryEngine
import Events
import Routing

/// Why a call is not passed, each in one sentence that says how to fix it.
extension PassRefusal {
    init(_ fault: NormalPath.Fault, prefix: String) {
        switch fault {
        case .spelled(let normal):
            self.init(.badRequest, "only paths in normal form are passed on; use \(Excerpt.of(normal, longest: 200))")
        case .ambiguous(let what):
            self.init(.badRequest, "the path is not passed on because it holds \(what)")
        }
    }

    static func missingScope(_ scope: Scope) -> PassRefusal {
        PassRefusal(.forbidden, "this key lacks the scope \(scope.rawValue), which passing this call on needs")
    }

    /// The call is not among those that `routes.json` passes on.
    static func notListed(_ method: String, _ path: NormalPath, _ adapter: AdapterName) -> PassRefusal {
        let text = Excerpt.of(path.text, longest: 200)
        return PassRefusal(
            .forbidden,
            "\(method) \(text) is not among the paths that this client may pass on; add it to \"pass\" for \(adapter) in routes.json"
        )
    }

    /// No provider of the vendor is one that the client may use.
    static func noProvider(_ adapter: AdapterName) -> PassRefusal {
        PassRefusal(
            .forbidden,
            "no provider of \(adapter) is primary in this client's routes; name one in \"pass\" in routes.json"
        )
    }

    /// Without the provider's name, which only operators should see.
    static func shared(_ provider: ProviderName) -> PassRefusal {
        PassRefusal(
            .forbidden,
            "the vendor's account is shared with other tenants; the tenant needs a credential of its own, or \"pass_shared\": true in routes.json"
        )
    }

    static let badQuery = PassRefusal(
        .badRequest,
        "the query is not passed on because it holds a character that must be percent-encoded"
    )

    /// - Parameter vendor: its name for people.
    init(_ failure: PassFailure, at vendor: String) {
        switch failure {
        case .tooMany(let limit):
            self.init(
                .unavailable(retryAfterSeconds: 1),
                "\(limit) passed calls are in flight, which is the most at once"
            )
        case .rateLimited:
            self.init(
                .unavailable(retryAfterSeconds: 5),
                "deliveries take the rate limit of \(vendor) now, and passed calls come after them"
            )
        case .resting(let pause):
            self.init(
                .unavailable(retryAfterSeconds: max(1, Int((pause.wholeMilliseconds + 999) / 1000))),
                "\(vendor) fails or has asked for a pause, so it is not called now"
            )
        case .credential(nil, _):
            self.init(.badGateway, "the gateway has no credential for \(vendor)")
        case .credential(let status?, let reason):
            let words = reason.isEmpty ? "" : ": \(reason)"
            self.init(.badGateway, "\(vendor) refused the gateway's credential for this call with \(status)\(words)")
        case .notSent(let reason, let isTimeout):
            self.init(isTimeout ? .timeout : .badGateway, "no connection to \(vendor): \(reason)")
        case .unknown(isTimeout: true):
            self.init(.timeout, "\(vendor) did not respond in time; it may have carried out the call")
        case .unknown(isTimeout: false):
            self.init(
                .badGateway,
                "\(vendor) closed the connection before responding; it may have carried out the call"
            )
        case .clientGone:
            self.init(.badRequest, "the request's body ended early")
        }
    }
}
