package import Events

/// Sends one request to one provider account.
///
/// The seam between the pipeline and the network: it adds what an adapter must not see (address, credential) and says what came back.
package protocol VendorCalling: Sendable {
    /// Sends the request, and returns when the answer is complete or will not come. Never throws: every end is a ``CallResult``.
    /// - Parameter trace: that the request belongs to; nil: none.
    func call(_ request: VendorRequest, in trace: TraceContext?) async -> CallResult
}

/// How a call ended.
package enum CallResult: Sendable {
    case answer(VendorAnswer)
    /// No byte of the request reached the vendor.
    case notSent(DeliveryFault)
    /// The request left, or may have, and no whole answer came.
    case unknown(DeliveryFault)
    /// The credential cannot be had.
    case noCredential(CredentialUnavailable)
}

extension CallResult {
    /// Status of the answer; nil if there was none.
    var httpStatus: Int? {
        guard case .answer(let answer) = self else { return nil }
        return answer.status
    }

    /// What the end of the call means for the events it carried.
    func verdict(by adapter: any Adapter, for events: [TranslatedEvent]) -> Verdict {
        switch self {
        case .answer(let answer):
            adapter.verdict(of: answer, for: events).redacted(by: answer.redaction)
        case .notSent(let fault):
            .all(.retry(fault, after: nil))
        case .unknown(let fault):
            .all(.ambiguous(fault))
        case .noCredential(let unavailable):
            .all(.park(DeliveryFault(code: .unauthorized, message: unavailable.message)))
        }
    }
}
