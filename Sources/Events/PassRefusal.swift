/// Why a call to a vendor's own API is not passed on, or got no response from the vendor; a dialect writes it in its vendor's format.
package struct PassRefusal: Error, Sendable, Equatable {
    /// What kind of refusal it is.
    package enum Kind: Sendable, Equatable {
        /// The request cannot be passed on as it is: 400.
        case badRequest
        /// The client is not allowed to make this call: 403.
        case forbidden
        /// The vendor cannot be reached, closed the connection early, or refuses the gateway: 502.
        case badGateway
        /// Temporarily unavailable: 503.
        case unavailable(retryAfterSeconds: Int)
        /// The vendor did not respond in time: 504.
        case timeout
    }

    package let kind: Kind
    /// One sentence.
    package let reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// The status of the response.
    package var status: Int {
        switch kind {
        case .badRequest: 400
        case .forbidden: 403
        case .badGateway: 502
        case .unavailable: 503
        case .timeout: 504
        }
    }

    /// The standard phrase of the status.
    package var phrase: String {
        switch kind {
        case .badRequest: "Bad Request"
        case .forbidden: "Forbidden"
        case .badGateway: "Bad Gateway"
        case .unavailable: "Service Unavailable"
        case .timeout: "Gateway Timeout"
        }
    }

    /// The error code for programs.
    package var code: String {
        switch kind {
        case .badRequest: "not_passed_on"
        case .forbidden: "not_allowed_by_this_gateway"
        case .badGateway: "vendor_not_reached"
        case .unavailable: "vendor_not_available"
        case .timeout: "vendor_timeout"
        }
    }

    /// The header fields of the response.
    package var headers: [String: String] {
        if case .unavailable(let seconds) = kind { ["Retry-After": "\(seconds)"] } else { [:] }
    }
}
