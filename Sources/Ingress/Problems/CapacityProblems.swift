import HTTPTypes

/// Problems of requests that are refused because too much is in flight.
extension Problem {
    /// 503: bodies that are read off the event loop have a limit of their own. Nothing was stored.
    static let tooManyLargeBodies = Problem(
        status: .serviceUnavailable,
        kind: "overloaded",
        title: "Too many large requests at once",
        detail: "nothing was stored; send the request again after Retry-After seconds, or send smaller ones",
        headers: [.retryAfter: "1"]
    )

    /// 503: bodies of all clients together would exceed the memory for them (`--body-memory-mb`).
    static let bodiesBusy = Problem(
        status: .serviceUnavailable,
        kind: "bodies-busy",
        title: "Too many request bodies are in memory",
        detail: "nothing was accepted; try again later, or send smaller bodies",
        headers: [.retryAfter: "1"]
    )

    /// 503: as many event streams are open as the gateway has in all.
    static let tooManyStreams = Problem(
        status: .serviceUnavailable,
        kind: "too-many-streams",
        title: "Too many streams are open",
        detail: "close unused streams, or read pages from GET /v1/events",
        headers: [.retryAfter: "10"]
    )

    /// 429: this client has as many streams open as one may have (`--streams-per-client`).
    static let clientHasAllStreams = Problem(
        status: .tooManyRequests,
        kind: "too-many-streams",
        title: "The client has too many open streams",
        detail: "close unused streams, or read pages from GET /v1/events",
        headers: [.retryAfter: "10"]
    )

    /// 429: searches of one client must not keep the others' from running.
    static func clientHasAllReads(_ limit: Int) -> Problem {
        Problem(
            status: .tooManyRequests,
            kind: "too-many-reads",
            title: "The client has too many reads in flight",
            detail: "a client has at most \(limit) reads in flight; wait for one of them to end",
            headers: [.retryAfter: "1"]
        )
    }
}
