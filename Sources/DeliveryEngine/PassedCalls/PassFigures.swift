/// The outcome of an account's passed calls since the start.
package struct PassFigures: Sendable, Equatable {
    /// Calls that left for the vendor, or were to.
    package private(set) var requests = 0
    /// Of them: those without a whole answer, those whose credential was refused, and answers of 500 and above.
    package private(set) var errors = 0
    /// Calls that the gateway did not send: too many at once, no room in the rate limit, or the vendor is failing.
    package private(set) var refused = 0
    package var inFlight = 0
    /// Times from the request to the head of the answer, the newest ones, in no order.
    private var latencies: [Duration] = []
    private var oldest = 0

    private static let mostLatencies = 256

    package init() {}

    /// A call has its answer's head.
    mutating func answered(status: Int, after latency: Duration) {
        requests += 1
        if status >= 500 { errors += 1 }
        if latencies.count < Self.mostLatencies {
            latencies.append(latency)
        } else {
            latencies[oldest] = latency
            oldest = (oldest + 1) % Self.mostLatencies
        }
    }

    /// A call ended without one.
    mutating func failed(_ failure: PassFailure) {
        switch failure {
        case .tooMany, .rateLimited, .resting: refused += 1
        case .credential, .notSent, .unknown:
            requests += 1
            errors += 1
        case .clientGone: requests += 1
        }
    }

    /// The body of an answer that had begun ended early.
    mutating func brokeOff() {
        errors += 1
    }

    /// The latency that so many of a hundred calls kept within, of the newest 256; nil if there were none.
    package func latency(percentile: Int) -> Duration? {
        guard !latencies.isEmpty else { return nil }
        let sorted = latencies.sorted()
        return sorted[min(sorted.count - 1, sorted.count * percentile / 100)]
    }
}
