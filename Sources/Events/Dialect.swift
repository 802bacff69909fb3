/// A vendor's own API as the gateway serves it: what its requests mean, and how results are written in its format.
///
/// A value without state that does no I/O and knows no clock. The gateway finds the client by ``presentedKey(in:)``, asks ``call(for:)``
/// what the request wants, does it, and hands the result to the call's own closure, which writes the response. The gateway's own refusals
/// go through ``answer(to:)``, so that an SDK only ever sees its vendor's format.
package protocol Dialect: Sendable {
    /// The adapter of the vendor whose API it is.
    var adapter: AdapterName { get }

    /// The paths under which it is served, without a trailing slash, such as `/lago/api/v1`. No two dialects share one.
    var prefixes: [String] { get }

    /// How the base URL for the vendor's SDKs ends at the gateway, such as `/lago/`.
    var basePath: String { get }

    /// The largest body that it accepts, in bytes, after decompression.
    var bodyLimitBytes: Int { get }

    /// The client's key, from where this vendor's SDKs put it; nil if there is none.
    func presentedKey(in request: DialectRequest) -> String?

    /// What a request wants. The body is checked in full here, by the vendor's own rules and with the vendor's own messages, before
    /// anything is accepted. A path or a method that is not served here is ``DialectCall/unserved``, whether the vendor has it or not: the
    /// vendor's own "not found" would look like a missing customer or event.
    func call(for request: DialectRequest) -> DialectCall

    /// The response if the gateway cannot or must not do what the request wants.
    func answer(to refusal: DialectRefusal) -> DialectAnswer

    /// The response to a request without a key; its body has not been read. By default, that of ``DialectRefusal/unauthorized``.
    func answer(withoutKey request: DialectRequest) -> DialectAnswer

    /// The vendor's response to `OPTIONS`, which it sends before it looks for a key; nil if it has none.
    func answer(toOptions request: DialectRequest) -> DialectAnswer?

    /// Header fields that the vendor adds to every response to a request, by their names.
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
    /// Below the prefix, with a leading slash, still percent-encoded and without the query: `/events/batch`.
    package let path: String
    /// Names and values of the query, percent-decoded, in order; a name may occur several times.
    package let query: [(name: String, value: String)]
    package let headers: [(name: String, value: String)]
    /// The decompressed body; empty if there is none.
    package var body: [UInt8]
    /// When it arrived: some vendors refuse events from the future.
    package let receivedAt: Timestamp
    /// Maximum number of events per request; the vendor's own limit may be lower.
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

/// A facade's response.
package struct DialectAnswer: Sendable, Equatable {
    package let status: Int
    /// Nil for a response without `Content-Type`.
    package let contentType: String?
    /// Other fields than `Content-Type`, `Content-Length` and `X-Request-Id`, which the gateway sets.
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

/// What a request to a facade wants, with the closure that writes the result in the vendor's format.
package indirect enum DialectCall: Sendable {
    /// Nothing more: the request is refused, or the dialect can respond by itself.
    case answer(DialectAnswer)
    /// Something that the gateway does not serve; the response is that of ``DialectRefusal/wrongMethod(allowed:)`` for a path that it
    /// serves by other methods, else that of ``DialectRefusal/unserved(advice:)``.
    case unserved
    /// Events to accept. There is one result per event, in their order.
    case write([CanonicalEvent], WritePolicy, respond: @Sendable ([DialectWriteResult]) -> DialectAnswer)
    /// The events with this id, in whatever scope: none, one or several, in journal order.
    case find(EventID, respond: @Sendable ([ArchivedEvent]) -> DialectAnswer)
    /// The event with this number; nil if the tenant has none.
    case findNumbered(SequenceNumber, respond: @Sendable (ArchivedEvent?) -> DialectAnswer)
    /// The event with this number first, and then whatever call follows from it.
    case follow(SequenceNumber, next: @Sendable (ArchivedEvent?) -> DialectCall)
    /// The events with these numbers that the tenant has, before others are written. This is part of writing, so the right to write is
    /// enough.
    case lookUp(Set<SequenceNumber>, next: @Sendable ([SequenceNumber: ArchivedEvent]) -> DialectCall)
    /// A page of events.
    case search(EventSearch, respond: @Sendable (EventPage) -> DialectAnswer)
    /// The event names that occur, ordered by their bytes.
    case names(EventFilter, respond: @Sendable ([EventNameSummary]) -> DialectAnswer)
    /// A question for the vendor itself, at the client's provider of this adapter. `about` lists the names of the events that it
    /// concerns, which the client must be allowed to send.
    case ask(
        VendorRequest,
        of: AdapterName,
        about: [String],
        respond: @Sendable (DialectQuestionResult) -> DialectAnswer
    )
}

/// What a fault of one event does to the other events of the request.
package enum WritePolicy: Sendable, Equatable {
    /// One fault, and nothing of the request is stored.
    case allOrNothing
    /// Each event is accepted or refused independently.
    case each
    /// An event whose id is already used with different content is left out; after any other fault nothing of the request is stored.
    case firstWins
}

/// The outcome of one event that came through a facade.
package enum DialectWriteResult: Sendable, Equatable {
    /// It is on disk, now or since an earlier request (`isDuplicate`), with the id and timestamp that never change.
    case accepted(id: EventID, timestamp: Timestamp, acceptedAt: Timestamp, isDuplicate: Bool)
    /// It is not stored, with the reason: ``EventFault/Code/conflict``, ``EventFault/Code/unrouted``, ``EventFault/Code/forbidden``, or
    /// ``EventFault/Code/range`` for a timestamp outside the client's window.
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
    /// No key, or an unknown one.
    case unauthorized
    /// The client lacks this scope, such as `events:write`.
    case forbidden(scope: String)
    /// The body is larger than allowed.
    case tooLarge(limitBytes: Int)
    /// The body cannot be decompressed, or its encoding is unknown.
    case undecodable
    /// The client exceeded its rate limit for requests or events; whole seconds, at least 1.
    case rateLimited(limit: Int, retryAfterSeconds: Int)
    /// Nothing was stored, and a later attempt may succeed; whole seconds, at least 1.
    case unavailable(retryAfterSeconds: Int)
    /// A read could not be completed within the gateway's limits, and would not be if it were repeated; one sentence on what to do. Never
    /// one of the statuses that SDKs with a `retry_config` repeat: 429, 500, 502, 503 and 504. Source: polar-sdk 0.32.0 and flexprice 2.1.43
    /// for Python.
    case readTooLarge(advice: String)
    /// The gateway failed; nothing was acknowledged.
    case failed
    /// The gateway serves this path, by other methods: 405, with them in `Allow`.
    case wrongMethod(allowed: String)
    /// The gateway does not serve this path: 501, with one sentence on what to do.
    case unserved(advice: String)
    /// A call to the vendor's own API is not passed on, or the vendor did not respond.
    case notPassed(PassRefusal)
}
