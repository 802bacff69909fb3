import Access
import ConfigurationFile
import Events
import HTTPTypes
import Journal
import Routing

/// Every problem there is, in one place.
extension Problem {
    /// - Parameters:
    ///   - omitted: how many more faults there are.
    ///   - bad: how many events are faulty, where some are not among the faults.
    ///   - isPartial: whether the client wants the valid events of a request accepted where others are not.
    static func events(
        _ faults: [EventFault],
        omitted: Int = 0,
        bad: Int = 0,
        count: Int,
        isPartial: Bool
    ) -> Problem {
        if faults.count == 1, faults[0].index == nil, faults[0].code == .malformed {
            return Problem(
                status: .badRequest,
                kind: "malformed",
                title: "The body is not JSON",
                detail: faults[0].message
            )
        }
        let bad = max(bad, Set(faults.map(\.index)).count)
        let more = omitted + max(0, faults.count - EventFault.mostListed)
        let detail = detail(faults, more: more, bad: bad, count: max(count, bad), isPartial: isPartial)
        if faults.allSatisfy({ $0.code == .conflict }) {
            return Problem(
                status: .conflict,
                kind: "conflict",
                title: "ID already used with different content",
                detail: detail,
                errors: faults
            )
        }
        if faults.allSatisfy({ $0.code == .forbidden }) {
            return Problem(
                status: .forbidden,
                kind: "forbidden-events",
                title: "The client may not send these events",
                detail: detail,
                errors: faults
            )
        }
        return Problem(
            status: .unprocessableContent,
            kind: "invalid-events",
            title: "The request has invalid events",
            detail: detail,
            errors: faults,
            omittedErrors: omitted
        )
    }

    /// The same for an estimate, which cannot be partial.
    static func estimate(_ faults: [EventFault], omitted: Int, count: Int) -> Problem {
        events(faults, omitted: omitted, count: count, isPartial: true)
    }

    /// How many events are refused, which IDs are in conflict, and whether `partial=true` would let the others through.
    private static func detail(
        _ faults: [EventFault],
        more: Int,
        bad: Int,
        count: Int,
        isPartial: Bool
    ) -> String {
        // A fault of the request as a whole says itself what is wrong.
        if let whole = faults.first(where: { $0.index == nil }) { return whole.message }
        let reasons =
            more > 0
            ? "errors has the first \(EventFault.mostListed) faults, and there are \(more) more"
            : "errors has the reason for each"
        var sentences: [String] = []
        if count == 1, more == 0 {
            sentences.append("the event was not accepted: \(faults[0].message)")
        } else if bad == count {
            sentences.append("none of the \(count) events was accepted; \(reasons)")
        } else {
            sentences.append("\(bad) of \(count) events cannot be accepted, so none was; \(reasons)")
        }
        let conflicts = faults.filter { $0.code == .conflict }.compactMap(\.eventID)
        if count > 1, !conflicts.isEmpty {
            let named = conflicts.prefix(10).map { "\"\($0.rawValue.prefix(100))\"" }.joined(separator: ", ")
            let more = conflicts.count > 10 ? " and \(conflicts.count - 10) more" : ""
            sentences.append("already used with different content: \(named)\(more)")
        }
        if bad < count, !isPartial { sentences.append("send with ?partial=true to accept the valid events") }
        return sentences.joined(separator: ". ")
    }

    static func tooManyEvents(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge,
            kind: "too-many-events",
            title: "The request has too many events",
            detail: "at most \(limit) events are allowed per request, and none of these was stored; split the request"
        )
    }

    static let tooManyLargeBodies = Problem(
        status: .serviceUnavailable,
        kind: "overloaded",
        title: "Too many large requests at once",
        detail: "nothing was stored; send the request again after Retry-After seconds, or send smaller ones",
        headers: [.retryAfter: "1"]
    )

    /// - Parameter near: the path that was probably meant.
    static func unknownPath(_ path: String, near: String? = nil) -> Problem {
        Problem(
            status: .notFound,
            kind: "unknown-path",
            title: "Unknown path",
            detail:
                "\"\(path.prefix(200))\" is not an endpoint; \(near.map { "use \($0.prefix(300))" } ?? "events go to POST /v1/events")"
        )
    }

    static func unknownEvent(_ id: String) -> Problem {
        Problem(
            status: .notFound,
            kind: "unknown-event",
            title: "No such event",
            detail: "this tenant has no event with the id \"\(id.prefix(300))\""
        )
    }

    static func wrongMethod(_ method: String, allowed: [String]) -> Problem {
        let list = allowed.joined(separator: ", ")
        return Problem(
            status: .methodNotAllowed,
            kind: "wrong-method",
            title: "Method not allowed",
            detail: "\(method) is not allowed here; use \(list)",
            headers: [.allow: list]
        )
    }

    static let lengthRequired = Problem(
        status: .lengthRequired,
        kind: "length-required",
        title: "Length required",
        detail: "send Content-Length, or the body in chunks"
    )

    static func tooLarge(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge,
            kind: "too-large",
            title: "The body is too large",
            detail: "the limit is \(limit) bytes, after decompression too; send the events in several requests",
            headers: [.connection: "close"]
        )
    }

    static func wrongContentType(_ found: String?) -> Problem {
        Problem(
            status: .unsupportedMediaType,
            kind: "wrong-content-type",
            title: "Unsupported content type",
            detail:
                "send application/json, application/x-ndjson or a CloudEvents type, found \(found.map { "\"\($0.prefix(100))\"" } ?? "none")"
        )
    }

    static func wrongContentEncoding(_ found: String) -> Problem {
        Problem(
            status: .unsupportedMediaType,
            kind: "wrong-content-encoding",
            title: "Unsupported content encoding",
            detail: "send gzip, deflate or none, found \"\(found.prefix(100))\"",
            headers: [.acceptEncoding: "gzip, deflate"]
        )
    }

    static let stalled = Problem(
        status: .requestTimeout,
        kind: "stalled",
        title: "Timed out reading the body",
        detail: "the body did not arrive in time; the connection is closed"
    )

    static let bodiesBusy = Problem(
        status: .serviceUnavailable,
        kind: "bodies-busy",
        title: "Too many request bodies are in memory",
        detail: "nothing was accepted; try again later, or send smaller bodies",
        headers: [.retryAfter: "1"]
    )

    static func repeatedField(_ name: String) -> Problem {
        Problem(
            status: .badRequest,
            kind: "repeated-field",
            title: "A header field is repeated",
            detail: "send \"\(name)\" once"
        )
    }

    static let clientHasAllStreams = Problem(
        status: .tooManyRequests,
        kind: "too-many-streams",
        title: "The client has too many open streams",
        detail: "close unused streams, or read pages from GET /v1/events",
        headers: [.retryAfter: "10"]
    )

    static func clientHasAllReads(_ limit: Int) -> Problem {
        Problem(
            status: .tooManyRequests,
            kind: "too-many-reads",
            title: "The client has too many reads in flight",
            detail: "a client has at most \(limit) reads in flight; wait for one of them to end",
            headers: [.retryAfter: "1"]
        )
    }

    static let brokenBody = Problem(
        status: .badRequest,
        kind: "broken-body",
        title: "The body cannot be read",
        detail: "its chunks are malformed, or the connection ended before the body did"
    )

    static let undecodable = Problem(
        status: .badRequest,
        kind: "undecodable",
        title: "The body cannot be decompressed",
        detail: "the bytes do not match Content-Encoding"
    )

    static let unauthorized = unauthorized(
        "The key is missing or unknown",
        "send a client's key as \"Authorization: Bearer KEY\" or \"x-api-key: KEY\"; clients are listed in routes.json"
    )

    private static func unauthorized(_ title: String, _ detail: String) -> Problem {
        Problem(
            status: .unauthorized,
            kind: "unauthorized",
            title: title,
            detail: detail,
            headers: [.wwwAuthenticate: "Bearer realm=\"tollgate\""]
        )
    }

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

    static func forbidden(_ scope: String) -> Problem {
        Problem(
            status: .forbidden,
            kind: "forbidden",
            title: "Insufficient scope",
            detail: "this requires the scope \"\(scope)\"; add it to the client in routes.json"
        )
    }

    static let tooManyStreams = Problem(
        status: .serviceUnavailable,
        kind: "too-many-streams",
        title: "Too many streams are open",
        detail: "close unused streams, or read pages from GET /v1/events",
        headers: [.retryAfter: "10"]
    )

    static func badParameter(_ name: String, _ rule: String) -> Problem {
        Problem(
            status: .badRequest,
            kind: "bad-parameter",
            title: "Invalid parameter",
            detail: "\"\(name)\" \(rule)"
        )
    }

    static func badBody(_ what: String) -> Problem {
        Problem(status: .badRequest, kind: "bad-body", title: "Invalid body", detail: what)
    }

    static let internalError = Problem(
        status: .internalServerError,
        kind: "internal",
        title: "Internal error",
        detail: "nothing was acknowledged; the log has the reason with the request id"
    )

    init(_ refusal: ReloadError) {
        switch refusal {
        case .unreadable(let reason):
            self.init(
                status: .unprocessableContent,
                kind: "unreadable-routes",
                title: "routes.json cannot be read",
                detail: "\(reason); the current routes stay active"
            )
        case .faulty(let faulty):
            self.init(
                status: .unprocessableContent,
                kind: "faulty-routes",
                title: "routes.json is invalid",
                detail: "the current routes stay active; see faults",
                faults: faulty.faults
            )
        case .changedAccounts(let accounts):
            self.init(
                status: .conflict,
                kind: "changed-account",
                title: "A provider's adapter has changed",
                detail: "the current routes stay active; \(accounts.map(\.description).joined(separator: "; "))"
            )
        case .store(let error):
            self.init(error)
        }
    }

    init(_ error: PlanError) {
        switch error {
        case .faulty(let faulty):
            self.init(
                status: .unprocessableContent,
                kind: "faulty-routes",
                title: "routes.json is invalid",
                detail: "no plan was made; see faults",
                faults: faulty.faults
            )
        case .beforeRetention(let earliest):
            self.init(
                status: .unprocessableContent,
                kind: "window-removed",
                title: "The window is older than the events that are kept",
                detail: "earlier events were removed; start the window at \(earliest.rfc3339) or later"
            )
        case .busy:
            self.init(
                status: .serviceUnavailable,
                kind: "too-many-plans",
                title: "Too many plans are waiting",
                detail: "plans are made one at a time; try again when some are finished",
                headers: [.retryAfter: "10"]
            )
        case .unknown:
            self.init(
                status: .notFound,
                kind: "unknown-plan",
                title: "No such plan",
                detail: "there is no plan with this id; plans are kept for 7 days and are made by POST /v1/plans"
            )
        case .store(let error):
            self.init(error)
        case .file:
            self.init(
                status: .serviceUnavailable,
                kind: "store-failed",
                title: "The plan cannot be read",
                detail:
                    "check the folder \"plans\" in the data folder; it must belong to the user that runs the gateway",
                headers: [.retryAfter: "5"]
            )
        }
    }

    init(_ error: StoreError) {
        switch error {
        case .full(let retryAfter):
            self.init(
                status: .serviceUnavailable,
                kind: "store-full",
                title: "The store is full",
                detail: "nothing was acknowledged; try again later",
                headers: [.retryAfter: "\(max(1, retryAfter.components.seconds))"]
            )
        case .closed:
            self.init(
                status: .serviceUnavailable,
                kind: "shutting-down",
                title: "The gateway is shutting down",
                detail: "nothing was acknowledged; try again",
                headers: [.retryAfter: "1"]
            )
        case .busy(let retryAfter):
            self.init(
                status: .serviceUnavailable,
                kind: "too-many-reads",
                title: "Too many waiting searches",
                detail: "the gateway runs two searches at a time; try again later",
                headers: [.retryAfter: "\(max(1, retryAfter.components.seconds))"]
            )
        case .unfinishedRead:
            self.init(
                status: .unprocessableContent,
                kind: "read-too-large",
                title: "The read exceeds its limits",
                detail:
                    "it could not be completed within the time and size limits; narrow it, for example with from and until"
            )
        case .folderInUse, .newerFormat, .unusable, .failed, .leaseLost:
            self.init(
                status: .serviceUnavailable,
                kind: "store-failed",
                title: "The store failed",
                detail: "nothing was acknowledged; the log has the reason with the request id",
                headers: [.retryAfter: "5"]
            )
        }
    }
}
