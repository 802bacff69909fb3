import HTTPTypes
import Journal

/// Problems of the store, and failures without a cause of their own.
extension Problem {
    /// 500 without a reason: that is in the log, under the ID of the request.
    static let internalError = Problem(
        status: .internalServerError,
        kind: "internal",
        title: "Internal error",
        detail: "nothing was acknowledged; the log has the reason with the request id"
    )

    init(_ error: StoreError) {
        switch error {
        case .full(let retryAfter):
            self.init(
                status: .serviceUnavailable,
                kind: "store-full",
                title: "The store is full",
                detail: "nothing was acknowledged; try again later",
                headers: [.retryAfter: "\(max(1, retryAfter.components.seconds))"]
            )
        case .closed:
            self.init(
                status: .serviceUnavailable,
                kind: "shutting-down",
                title: "The gateway is shutting down",
                detail: "nothing was acknowledged; try again",
                headers: [.retryAfter: "1"]
            )
        case .unreachable(_, let retryAfter):
            self.init(
                status: .serviceUnavailable,
                kind: "store-unreachable",
                title: "The database cannot be reached",
                detail:
                    "nothing was acknowledged; the gateway continues by itself when the database responds, so try again",
                headers: [.retryAfter: "\(max(1, retryAfter.components.seconds))"]
            )
        case .busy(let retryAfter):
            self.init(
                status: .serviceUnavailable,
                kind: "too-many-reads",
                title: "Too many searches are waiting",
                detail: "the gateway runs two searches at a time; try again later",
                headers: [.retryAfter: "\(max(1, retryAfter.components.seconds))"]
            )
        case .unfinishedRead:
            self.init(
                status: .unprocessableContent,
                kind: "read-too-large",
                title: "The read exceeds its limits",
                detail:
                    "it could not be completed within the time and size limits; narrow it, for example with from and until"
            )
        case .folderInUse, .newerFormat, .unusable, .failed, .leaseLost:
            self.init(
                status: .serviceUnavailable,
                kind: "store-failed",
                title: "The store failed",
                detail: "nothing was acknowledged; the log has the reason with the request id",
                headers: [.retryAfter: "5"]
            )
        }
    }
}
