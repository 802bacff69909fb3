import Journal

extension StoreError {
    /// What callers of the store are told.
    init(_ failure: PostgresFailure, retryAfter: Duration) {
        switch failure {
        case .closed: self = .closed
        case .refused(.diskFull, _): self = .full(retryAfter: retryAfter)
        case .refused: self = .failed(reason: failure.reason)
        case .unreachable, .unknown: self = .unreachable(reason: failure.reason, retryAfter: retryAfter)
        }
    }
}
