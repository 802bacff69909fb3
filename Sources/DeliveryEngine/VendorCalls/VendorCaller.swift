package import Events
package import Telemetry

/// Sends one request to one provider account.
///
/// The seam between the pipeline and the network: it adds what an adapter must not see (address, credential) and reports the result.
package protocol VendorCalling: Sendable {
    /// Sends the request, and returns when the response is complete or cannot arrive any more. Never throws: every end is a
    /// ``CallResult``.
    /// - Parameter trace: the trace that the request belongs to; nil for none.
    nonisolated(nonsending) func call(_ request: VendorRequest, in trace: TraceContext?) async -> CallResult

    /// The address of a request, without its query, which may contain the credential.
    func address(of request: VendorRequest) -> String
}

/// How a call ended.
package enum CallResult: Sendable {
    /// The vendor has responded, whatever the response is.
    case answer(VendorAnswer)
    /// No byte of the request reached the vendor.
    case notSent(DeliveryFault)
    /// The request left, or may have left, and there was no complete response.
    case unknown(DeliveryFault)
    /// The credential is not available.
    case noCredential(CredentialUnavailable)
}

extension CallResult {
    /// Status of the response; nil if there was none.
    var httpStatus: Int? {
        guard case .answer(let answer) = self else { return nil }
        return answer.status
    }

    /// What the end of the call means for the events in it.
    /// - Parameter address: of the request, to name it if the vendor says that it does not exist.
    func verdict(by adapter: any Adapter, for events: [TranslatedEvent], at address: @autoclosure () -> String)
        -> Verdict
    {
        switch self {
        case .answer(let answer):
            switch adapter.verdict(of: answer, for: events).redacted(by: answer.redaction) {
            case .all(.park(let fault)) where fault.code == .notFound: .all(.park(fault.naming(address())))
            case let verdict: verdict
            }
        case .notSent(let fault):
            .all(.retry(fault, after: nil))
        case .unknown(let fault):
            .all(.ambiguous(fault))
        case .noCredential(let unavailable):
            .all(.park(DeliveryFault(code: .unauthorized, message: unavailable.message)))
        }
    }
}

extension DeliveryFault {
    /// This fault with the requested address, which shows what is wrong with `base_url`.
    fileprivate func naming(_ address: String) -> DeliveryFault {
        DeliveryFault(code: code, message: "\(message); the request went to \(address)", vendor: vendor)
    }
}
