/// A vendor's own API as the gateway serves it: what its requests mean, and how results are written in its format.
///
/// A value without state that does no I/O and knows no clock. The gateway finds the client by ``presentedKey(in:)``, asks
/// ``call(for:)`` what the request wants, does that, and hands the result to the call's own closure, which writes the answer. Every
/// refusal of the gateway itself goes through ``answer(to:)``, so that an SDK only ever sees its vendor's format.
package protocol Dialect: Sendable {
    /// Whose API it is.
    var adapter: AdapterName { get }

    /// The paths under which it is served, without a slash at the end, such as `/lago/api/v1`. No two dialects share one.
    var prefixes: [String] { get }

    /// What the base URL of the vendor's SDKs ends with at the gateway, such as `/lago/`.
    var basePath: String { get }

    /// The largest body that it takes, in bytes, after decompression.
    var bodyLimitBytes: Int { get }

    /// The client's key, from where this vendor's SDKs put it; nil if there is none.
    func presentedKey(in request: DialectRequest) -> String?

    /// What a request wants. The body is checked in full here, by the vendor's own rules and in its own words, before anything is
    /// accepted. A path that is not served here is ``DialectCall/unserved``, whether the vendor has it or not: its own "not found" would
    /// be taken for a customer or an event that is missing.
    func call(for request: DialectRequest) -> DialectCall

    /// The answer where the gateway cannot or will not do what was asked.
    func answer(to refusal: DialectRefusal) -> DialectAnswer

    /// The answer to a request in which no key was found; its body has not been read. By default, that of
    /// ``DialectRefusal/unauthorized``.
    func answer(withoutKey request: DialectRequest) -> DialectAnswer

    /// The vendor's response to `OPTIONS`, which it gives before it looks for a key; nil if it has none.
    func answer(toOptions request: DialectRequest) -> DialectAnswer?

    /// Header fields that the vendor puts into every answer to a request, by their names.
    func headers(for request: DialectRequest) -> [String: String]
}

extension Dialect {
    package func answer(withoutKey request: DialectRequest) -> DialectAnswer { answer(to: .unauthorized) }
    package func answer(toOptions request: DialectRequest) -> DialectAnswer? { nil }
    package func headers(for request: DialectRequest) -> [String: String] { [:] }
}

/// A request to a facade.
package struct DialectRequest: Sendable {
    /// In upper case.
    package let method: String
    /// Below the prefix, with a leading slash, still percent-encoded: `/events/batch`. Without the query.
    package let path: String
    /// Names and values of the query, percent-decoded, in order; a name may stand several times.
    package let query: [(name: String, value: String)]
    package let headers: [(name: String, value: String)]
    /// Decompressed; empty if there is none.
    package var body: [UInt8]
    /// When it arrived: some vendors refuse events from the future.
    package let receivedAt: Timestamp
    /// Maximum number of events of a request; fewer where the vendor takes fewer.
    package let eventLimit: Int

    package init(
        method: String,
        path: String,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        receivedAt: Timestamp = SystemWallClock().now,
        eventLimit: Int = EventReader.standardLimit
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.receivedAt = receivedAt
        self.eventLimit = eventLimit
    }

    /// The value of the first header field of this name, whatever its case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The first value of this name in the query.
    package func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// All values of this name in the query, in order.
    package func parameters(_ name: String) -> [String] {
        query.filter { $0.name == name }.map(\.value)
    }
}

/// An answer of a facade.
package struct DialectAnswer: Sendable, Equatable {
    package let status: Int
    /// Nil: no `Content-Type`.
    package let contentType: String?
    /// Beside `Content-Type`, `Content-Length` and `X-Request-Id`, which the gateway sets.
    package let headers: [String: String]
    package let body: [UInt8]

    package init(
        status: Int,
        contentType: String? = "application/json",
        headers: [String: String] = [:],
        body: [UInt8]
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }
}

/// What a request to a facade wants, with the function that writes the result in the vendor's format.
package indirect enum DialectCall: Sendable {
    /// Nothing more: it is refused, or needs nothing of the gateway.
    case answer(DialectAnswer)
    /// What the gateway does not serve; ``DialectRefusal/unserved(advice:)`` is the answer.
    case unserved
    /// To have events accepted. The results come one per event, in their order.
    case write([CanonicalEvent], WritePolicy, respond: @Sendable ([DialectWriteResult]) -> DialectAnswer)
    /// To see the events with this id, in whatever scope: none, one or several, in journal order.
    case find(EventID, respond: @Sendable ([ArchivedEvent]) -> DialectAnswer)
    /// To see the event with this number; nil if the tenant has none.
    case findNumbered(SequenceNumber, respond: @Sendable (ArchivedEvent?) -> DialectAnswer)
    /// To see the event with this number first, and then whatever follows from it.
    case follow(SequenceNumber, next: @Sendable (ArchivedEvent?) -> DialectCall)
    /// To know the events with these numbers before others are written: those that the tenant has. Part of writing, so the right to write
    /// is enough for it.
    case lookUp(Set<SequenceNumber>, next: @Sendable ([SequenceNumber: ArchivedEvent]) -> DialectCall)
    /// To see a page of events.
    case search(EventSearch, respond: @Sendable (EventPage) -> DialectAnswer)
    /// To see which names occur, in the order of the names' bytes.
    case names(EventFilter, respond: @Sendable ([EventNameSummary]) -> DialectAnswer)
    /// To have a question answered by the vendor itself, at the client's provider of this adapter. `about` are the names of the events
    /// that it is about, which the client must be allowed to send.
    case ask(
        VendorRequest,
        of: AdapterName,
        about: [String],
        respond: @Sendable (DialectQuestionResult) -> DialectAnswer
    )
}

/// What a fault of one event does to the request's others.
package enum WritePolicy: Sendable, Equatable {
    /// One fault, and nothing of the request is stored.
    case allOrNothing
    /// Each event for itself.
    case each
    /// An event whose id is known with other content is left out; any other fault, and nothing of the request is stored.
    case firstWins
}

/// The outcome of one event that came by a facade.
package enum DialectWriteResult: Sendable, Equatable {
    /// It is on disk, now or from before (`isDuplicate`), with the id and timestamp that never change.
    case accepted(id: EventID, timestamp: Timestamp, acceptedAt: Timestamp, isDuplicate: Bool)
    /// It is not stored, and why: ``EventFault/Code/conflict``, ``EventFault/Code/unrouted``, ``EventFault/Code/forbidden``, or
    /// ``EventFault/Code/range`` for a timestamp outside of the client's window.
    case refused(EventFault)
    /// Valid, but not stored because of another event of an all-or-nothing request.
    case withheld
}

/// The outcome of a question to the vendor itself.
package enum DialectQuestionResult: Sendable {
    case answered(VendorAnswer)
    /// The client's routes name no provider of this adapter.
    case noProvider
    /// The provider's account is shared with other tenants, or the client is not allowed to send events of these names.
    case forbidden
    case failed(DeliveryFault)
}

/// Why the gateway does not do what a facade's client asks.
package enum DialectRefusal: Sendable, Equatable {
    /// No key, or one that is nobody's.
    case unauthorized
    /// The client lacks this scope, such as `events:write`.
    case forbidden(scope: String)
    /// The body is larger than allowed.
    case tooLarge(limitBytes: Int)
    /// The body cannot be decompressed, or its encoding is not known.
    case undecodable
    /// The client sent more than the requests or events that it may; whole seconds, at least 1.
    case rateLimited(limit: Int, retryAfterSeconds: Int)
    /// Nothing was stored, and it may pass later; whole seconds, at least 1.
    case unavailable(retryAfterSeconds: Int)
    /// The gateway failed; nothing was acknowledged.
    case failed
    /// The gateway does not serve this path or method: 501, with one sentence on what to do.
    case unserved(advice: String)
    /// A call to the vendor's own API is not passed on, or has no answer of the vendor's.
    case notPassed(PassRefusal)
}
