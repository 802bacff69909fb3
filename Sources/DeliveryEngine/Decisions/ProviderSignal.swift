import Events

/// What the result of a call says about the provider as a whole, whatever it means for each event.
enum ProviderSignal: Equatable, Sendable {
    case works
    /// The vendor responds, and wants fewer requests.
    case limited(DeliveryFault, RetryAfter?)
    /// The vendor failed, or could not be reached.
    case failed(DeliveryFault, RetryAfter?)
    /// The credential or the account was refused.
    case refused(DeliveryFault)

    /// The signal of a verdict. A response that names single events shows that the vendor works, unless it only refuses the account.
    init(_ verdict: Verdict) {
        switch verdict {
        case .all(.delivered), .all(.reject), .all(.resend), .unnamed: self = .works
        case .all(.retry(let fault, let after)):
            self = fault.code == .rateLimited ? .limited(fault, after) : .failed(fault, after)
        case .all(.ambiguous(let fault, let after)): self = .failed(fault, after)
        case .all(.park(let fault)): self = .refused(fault)
        case .each(let outcomes):
            let refusal = outcomes.lazy.compactMap(\.refusal).first
            if let refusal, !outcomes.contains(where: \.showsThatOthersPass) {
                self = .refused(refusal)
            } else {
                self = .works
            }
        }
    }
}

extension Outcome {
    /// Why the account was refused; nil if it was not.
    fileprivate var refusal: DeliveryFault? {
        if case .park(let fault) = self { fault } else { nil }
    }

    /// Whether the vendor looked at this event, so that it accepts the credential.
    fileprivate var showsThatOthersPass: Bool {
        switch self {
        case .delivered, .reject: true
        case .resend, .retry, .ambiguous, .park: false
        }
    }
}
