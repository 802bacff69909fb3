import Events

/// A client's call to a vendor's own API: all that the client says of it and that may go to the vendor. Where it goes, the credential
/// and the framing are added by ``PassedCalls``.
package struct PassedRequest: Sendable, Equatable {
    /// How the body's end is told.
    package enum Body: Sendable, Equatable {
        case none
        /// It has so many bytes.
        case length(Int)
        /// It ends where the client ends it.
        case chunked
    }

    package let method: String
    /// In the vendor's API, in normal form: `/api/v1/customers`.
    package let path: String
    /// Without the question mark; nil: none.
    package let query: String?
    /// Of the client's fields, those that may pass.
    package let headers: [(name: String, value: String)]
    package let body: Body

    package init(
        method: String,
        path: String,
        query: String?,
        headers: [(name: String, value: String)],
        body: Body
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.method == right.method && left.path == right.path && left.query == right.query && left.body == right.body
            && left.headers.elementsEqual(right.headers, by: ==)
    }

    /// Whether it may be sent a second time, if it certainly did not leave the first time.
    var mayRepeat: Bool { (method == "GET" || method == "HEAD") && body == .none }
}

/// Why there was no response of the vendor to a passed call.
package enum PassFailure: Error, Sendable, Equatable {
    /// As many calls are in flight as there may be.
    case tooMany(limit: Int)
    /// No token of the rate limit came free in time.
    case rateLimited
    /// The provider fails, and is left alone for so long.
    case resting(Duration)
    /// The credential cannot be had, or the vendor refused it with this status, perhaps saying why.
    case credential(status: Int?, reason: String)
    /// No byte left.
    case notSent(reason: String, isTimeout: Bool)
    /// The request left, and may have been carried out.
    case unknown(isTimeout: Bool)
    /// The client's body ended early, or the client has disconnected.
    case clientGone

    /// Whether it says something about the vendor.
    var isOfVendor: Bool {
        switch self {
        case .notSent, .unknown: true
        case .tooMany, .rateLimited, .resting, .credential, .clientGone: false
        }
    }
}
