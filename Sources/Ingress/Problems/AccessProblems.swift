import Access
import Events
import HTTPTypes

/// Problems of keys, scopes and rate limits.
extension Problem {
    /// 401: no key, or one that nobody has. It does not say which, so that keys cannot be guessed by the answers.
    static let unauthorized = unauthorized(
        "The key is missing or unknown",
        "send a client's key as \"Authorization: Bearer KEY\" or \"x-api-key: KEY\"; clients are listed in routes.json"
    )

    /// 401 with the challenge that RFC 9110 requires.
    private static func unauthorized(_ title: String, _ detail: String) -> Problem {
        Problem(
            status: .unauthorized,
            kind: "unauthorized",
            title: title,
            detail: detail,
            headers: [.wwwAuthenticate: "Bearer realm=\"tollgate\""]
        )
    }

    /// 401 in each case. A key that is known tells its ID, never itself.
    init(_ refusal: KeyError) {
        switch refusal {
        case .unknown:
            self = .unauthorized
        case .mistyped:
            self = .unauthorized(
                "The key is mistyped",
                "it looks like a Tollgate key, but its checksum is wrong; copy it again"
            )
        case .early(let id, let from):
            self = .unauthorized("The key is not valid yet", "the key \(id) is valid from \(from.rfc3339)")
        case .expired(let id, let end):
            self = .unauthorized(
                "The key has expired",
                "the key \(id) expired at \(end.rfc3339); use the client's newer key"
            )
        }
    }

    /// 403: the client is known, and its scopes do not suffice.
    /// - Parameter scope: as `routes.json` names it.
    static func forbidden(_ scope: String) -> Problem {
        Problem(
            status: .forbidden,
            kind: "forbidden",
            title: "Insufficient scope",
            detail: "this requires the scope \"\(scope)\"; add it to the client in routes.json"
        )
    }

    /// 429 with `Retry-After`. Nothing of the request counts as accepted, so that it can be sent again as it is.
    init(_ error: LimitExceeded) {
        let seconds = error.limit.per.components.seconds
        self.init(
            status: .tooManyRequests,
            kind: "rate-limited",
            title: "Rate limit exceeded",
            detail:
                "routes.json allows this client \(error.limit.requests) \(error.what.rawValue) per \(seconds) s; nothing was accepted, try again in \(error.retryAfterSeconds) s",
            headers: [.retryAfter: "\(error.retryAfterSeconds)"]
        )
    }
}
