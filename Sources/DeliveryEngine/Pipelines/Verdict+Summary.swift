import Events

extension Verdict {
    /// A short text for the log: `delivered`, `retry rate_limited`, `delivered 98, reject 2`.
    var summary: String {
        switch self {
        case .all(let outcome): outcome.summary
        case .unnamed(let fault): "refused \(fault.code.rawValue), event not named"
        case .each(let outcomes):
            Dictionary(grouping: outcomes, by: \.summary)
                .map { "\($0.key) \($0.value.count)" }
                .sorted()
                .joined(separator: ", ")
        }
    }
}

extension Outcome {
    fileprivate var summary: String {
        switch self {
        case .delivered(let deduplicated): deduplicated ? "delivered before" : "delivered"
        case .resend: "resend"
        case .retry(let fault, _): "retry \(fault.code.rawValue)"
        case .ambiguous(let fault, _): "ambiguous \(fault.code.rawValue)"
        case .reject(let fault): "reject \(fault.code.rawValue)"
        case .park(let fault): "park \(fault.code.rawValue)"
        }
    }
}
